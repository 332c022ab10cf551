"""Word documents that people upload as templates: what they may hold, and how they are filled.

This package runs in a child process without Django (`child.py`), so it imports nothing else of the app.
"""
