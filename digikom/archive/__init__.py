"""An edition as one file for a repository such as Zenodo, that builds and verifies itself where it is unpacked.

`sources` finds the project's own files, `answers` those that are kept outside it and what is confidential; `editions`
takes the published pages out of the site; `crate` describes the whole as an RO-Crate, `packing` writes sums and the
archive, and `making` puts it all together. The words that a reader meets stand in `words` and in the template
`book/templates/archive/LES-MEG.md`.
"""

from __future__ import annotations

from digikom.archive.making import ARCHIVE_DIR, Archive, make_archive

__all__ = ["ARCHIVE_DIR", "Archive", "make_archive"]
