"""Ledgers that an office keeps elsewhere: any sheet read as measures, units, due dates and progress.

bytes → opening → grids of cells → tables → columns → rows → `Ledger`, of plain values
"""
