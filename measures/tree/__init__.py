"""Checklists below a checklist: their figures side by side, and moving them."""
