"""Passwords, sessions, lock-out and the second factor."""
