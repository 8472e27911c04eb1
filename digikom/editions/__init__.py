"""Editions: their files, what they are built from, and what of them may be published."""
