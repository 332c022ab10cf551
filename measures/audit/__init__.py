"""The audit trail for people: its words, its filters, and what is recorded besides changes."""
