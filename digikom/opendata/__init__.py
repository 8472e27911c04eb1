"""An edition described for other programs: citation files, data packages, catalogues and linked data."""
