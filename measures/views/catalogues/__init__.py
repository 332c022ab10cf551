"""Catalogues: what there is, loading, publishing and files."""
