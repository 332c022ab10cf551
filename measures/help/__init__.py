"""What the help consists of, and which part of it belongs to which page."""
