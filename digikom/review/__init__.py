"""Signed review: who has checked which calculation, and whether what they checked is still what the edition shows.

`signatures` is the file they are kept in, `assessment` what has changed since, and `signing` signs;
`digikom.sphinxext.reviews` shows it on the pages.
"""
