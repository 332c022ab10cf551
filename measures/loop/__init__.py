"""The rules of the loop between the office and the units, as plain values: no models, no database."""
