"""Signed review: who has checked which calculation, and whether what they checked is still what the edition shows.

`signatures` is the file they are kept in, `fingerprints` the checksums that a signature holds, `standing` what has
changed since. `digikom.review.signing` signs, and `digikom.sphinxext.reviews` shows it on the pages.
"""
