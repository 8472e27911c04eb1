"""The pipeline that makes the report; `builds` is the whole way on one page."""
