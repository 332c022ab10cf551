"""The text of a report: chapters of sentences that are computed from its figures or quoted from entries."""
