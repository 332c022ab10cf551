"""The audit trail for readers: its texts, its filters, and records other than changes."""
