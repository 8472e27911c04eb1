"""A published edition as one tagged PDF (PDF/UA-1), made from its pages by WeasyPrint.

`articles` takes the bare articles out of the pages and leaves out what only a screen has use for; `composition` puts
them between a title page, contents and lists; `fonts` brings the only letters that are used; `rendering` makes the
file. The style sheet and the template of what stands around the articles lie beside them.
"""

from __future__ import annotations

from digikom.build.pdf.edition import default_path, file_name, make_pdf
from digikom.build.pdf.rendering import lacking_libraries

__all__ = ["default_path", "file_name", "lacking_libraries", "make_pdf"]
