"""From HTML to a tagged PDF by WeasyPrint, which needs Pango on the machine."""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digikom.build.pdf import words
from digikom.build.pdf.fonts import lacking_letters, without_system_fonts, write_fonts
from digikom.errors import BuildError

if TYPE_CHECKING:
    from weasyprint import Document

STYLE = Path(__file__).with_name("style.css")
VARIANT = "pdf/ua-1"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
LACKING = (
    f"WeasyPrint does not find Pango, which sets the text of the PDF. On Debian and Ubuntu: apt-get install {PACKAGES}"
)
#: How many of the complaints an error shows.
_SHOWN = 10
#: A picture is named by all that it is; its beginning will do.
_PICTURE = re.compile(r"(data:[^,\s]*,)[^\s\"']{40,}")
_SHORT = r"\1…"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader who hears the document is told: what its links lead to, and where it is in another language.

    `titles` maps an anchor to what stands there, `languages` the anchor of each chapter to its language, which is empty
    where it is that of the document. Chapters begin on pages of their own.
    """

    titles: Mapping[str, str]
    languages: Mapping[str, str]


def lacking_libraries() -> str:
    """Why no PDF can be made on this machine and what to install; empty where it can."""
    try:
        with warnings.catch_warnings():
            # Fontconfig without fonts of the machine is as it should be.
            warnings.simplefilter("ignore")
            import weasyprint  # noqa: F401
    except OSError:
        return LACKING
    return ""


def render(html: str, base: Path, reading: Reading, letters: Iterable[str] = ()) -> bytes:
    """The PDF of `html`, whose pictures are addressed from the folder `base` and have these letters.

    The same bytes for the same HTML, whatever the time, the place and the fonts of the machine. Raises BuildError with
    what WeasyPrint complains about, and for a character that no font has.
    """
    lacking = lacking_letters({*html, *letters})
    if lacking:
        raise BuildError(f"The PDF has no letter for: {', '.join(f'{char} (U+{ord(char):04X})' for char in lacking)}")
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["file", "data"])
    with tempfile.TemporaryDirectory() as name, complaints() as found:
        folder = Path(name)
        with without_system_fonts(folder):
            fonts = FontConfiguration()
            faces = CSS(
                string=write_fonts(folder), base_url=f"{folder.as_uri()}/", font_config=fonts, url_fetcher=fetcher
            )
            style = CSS(filename=STYLE, font_config=fonts, url_fetcher=fetcher)
            document = HTML(string=html, base_url=f"{base.as_uri()}/", url_fetcher=fetcher).render(
                stylesheets=[faces, style], font_config=fonts, pdf_variant=VARIANT
            )
            content: bytes = document.write_pdf(
                finisher=lambda document, pdf: describe(document, pdf, reading),
                pdf_variant=VARIANT,
                pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
            )
    if found:
        more = [f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        raise BuildError("\n".join(["WeasyPrint could not make the PDF as it should be:", *found[:_SHOWN], *more]))
    return content


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What WeasyPrint and what it builds on complain about meanwhile."""
    found: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(_PICTURE.sub(_SHORT, record.getMessage()))

    collect = Collect(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    kept = [(logger, logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(collect)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
    try:
        yield found
    finally:
        for logger, level, propagate in kept:
            logger.removeHandler(collect)
            logger.setLevel(level)
            logger.propagate = propagate


def describe(document: Document, pdf: Any, reading: Reading) -> None:  # noqa: ANN401  pydyf has no types
    """Put into the PDF what WeasyPrint leaves out: words for its links, and the language of chapters in another one.

    WeasyPrint describes a link by its bare target, and writes no language but that of the whole document.
    """
    import pydyf

    languages = dict(zip(pdf.page_references, languages_of_pages(document, reading), strict=True))
    objects = [entry for entry in pdf.objects if isinstance(entry, pydyf.Dictionary)]
    root = next(entry for entry in objects if entry.get("S") == "/Document")
    for entry in objects:
        if entry.get("Subtype") == "/Link":
            target = entry["Contents"].string
            told = words.link_to(reading.titles.get(target, "")) if "Dest" in entry else words.link_out(target)
            entry["Contents"] = pydyf.String(told)
        elif entry.get("P") == root.reference and (language := languages.get(entry["Pg"])):
            entry["Lang"] = pydyf.String(language)


def languages_of_pages(document: Document, reading: Reading) -> Iterator[str]:
    """The language of each page; empty where it is that of the document."""
    language = ""
    for page in document.pages:
        for anchor in page.anchors:
            language = reading.languages.get(anchor, language)
        yield language
