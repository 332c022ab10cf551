"""Items as lists, rows and files show them."""
