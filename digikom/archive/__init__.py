"""An edition as one file for a repository such as Zenodo, that builds and verifies itself where it is unpacked.

`sources` finds the project's own files, `contents` puts them together with answers and published pages and refuses what
is confidential or does not belong together, `crate` describes the whole as an RO-Crate, `deposit` for Zenodo, `making`
writes the file.
"""

from __future__ import annotations

from digikom.archive.making import ARCHIVE_DIR, Archive, make_archive

__all__ = ["ARCHIVE_DIR", "Archive", "make_archive"]
