"""Plumbing of the report «Digitalisering i kommunene». The statistics themselves live in the notebooks."""

__version__ = "0.1.0"
