"""Files that units add as evidence: received, checked by their content, and kept under their hash."""
