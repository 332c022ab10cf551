"""What an operator sees of a running site: its log, its state, its figures."""
