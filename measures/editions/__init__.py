"""Editions of a catalogue: what became of each measure from one to the next."""
