"""Catalogues as files: read from a sheet or JSON with every fault at once, stored, and written again."""
