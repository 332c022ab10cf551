"""Taking over a ledger: the upload, the preview with its corrections, and what came of it."""
