"""Catalogues of the interface, one folder a language; Spanish is the source text."""
