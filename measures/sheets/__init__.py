"""Spreadsheets that leave and come back: written from the list, read with care, compared with the ledger.

bytes → guard, read → rows of cells → understand → values → compare → what would change
"""
