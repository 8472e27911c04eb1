"""Build editions of the report: execute, assemble, publish."""

from digikom.build.pipeline import build_editions, refresh_notebooks

__all__ = ["build_editions", "refresh_notebooks"]
