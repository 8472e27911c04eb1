"""The pipeline that makes the report; `builds` is the whole way on one page."""

from digikom.pipeline.builds import Options, build_editions, refresh_notebooks

__all__ = ["Options", "build_editions", "refresh_notebooks"]
