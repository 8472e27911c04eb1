"""Plumbing of the report «Digitalisering i kommunene». The statistics themselves live in the notebooks."""

import sys

__version__ = "0.1.0"

# jsonschema, which Altair and nbformat import, compiles the grammar of internationalised addresses as soon as it finds
# this package: seconds for each process, for a check that nothing here asks for. Python's import takes it for absent.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
