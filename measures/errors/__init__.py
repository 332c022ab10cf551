"""Pages for when something is wrong."""
