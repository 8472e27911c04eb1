"""The pipeline that makes the report; `pipeline` is the whole way on one page."""

from digikom.build.pipeline import Options, build_editions, refresh_notebooks

__all__ = ["Options", "build_editions", "refresh_notebooks"]
