"""The rows of an extract in a text file: which encoding and which separator it has follows from its content.

UTF-8, UTF-16 (with its mark) or Windows-1252; commas, semicolons, tabs or vertical bars. Read as a stream.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from digikom.intake.cells import Findings, Numbered

DELIMITERS = (",", ";", "\t", "|")

_UTF8_MARK, _UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
#: A letter of two bytes in UTF-8, as Norwegian letters are; in Windows-1252 the two would be nonsense such as «Ã¸».
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
#: What Excel writes on a line of its own above the header, to say what separates the cells.
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
#: Characters that are looked at to find the separator, bytes that are decoded at a time, and faulty lines to be named.
_SAMPLE, _CHUNK, _FAULTY_LINES = 2**18, 2**20, 1000


def text_rows(content: bytes, found: Findings) -> Iterator[Numbered]:
    """The rows of a text file; their numbers are those of the lines on which they begin."""
    if not content.startswith(_UTF16_MARKS):
        content = _without_end(content)
    encoding = "utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig" if _is(content, "utf-8") else "cp1252"
    faults = list(islice(_encoding_faults(content, encoding), _FAULTY_LINES))
    for line, expected in faults:
        found.fault(expected, line)
    if faults:
        return
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    named = _SEPARATOR_LINE.match(stream.readline(16))
    if named is None:
        stream.seek(0)
    delimiter = named.group(1) if named else _delimiter(stream.read(_SAMPLE))
    if named is None:
        stream.seek(0)
    yield from _split(stream, delimiter, 1 if named else 0, found)


def _encoding_faults(content: bytes, encoding: str) -> Iterator[tuple[int | None, str]]:
    """The lines that keep the file from being read in one encoding. A file in two would have half its letters wrong."""
    if encoding == "utf-16":
        if not _is(content, encoding):
            yield None, "UTF-16 throughout, as the file's first bytes promise"
        return
    damaged = b"\0" in content
    is_cp1252 = not content.startswith(_UTF8_MARK) and not _UTF8_LETTER.search(content) and _is(content, "cp1252")
    if not damaged and (encoding != "cp1252" or is_cp1252):
        return
    for number, line in enumerate(io.BytesIO(content), start=1):
        if damaged:
            if b"\0" in line:
                yield number, "text, without NUL bytes; is the file damaged, or in UTF-16?"
        elif content.startswith(_UTF8_MARK):
            if not _is(line, "utf-8"):
                yield number, "UTF-8 throughout, as the file's first bytes promise"
        elif _UTF8_LETTER.search(line):
            yield number, "one encoding throughout; this line is in UTF-8, others are not"
        elif not _is(line, "cp1252"):
            yield number, "UTF-8 or Windows-1252; this line is in neither"


def _without_end(content: bytes) -> bytes:
    """The content up to the end of the last line that holds anything: a million empty rows may follow."""
    last = len(content.rstrip(b",;\t| \r\n"))
    ends = [end for end in (content.find(b"\n", last), content.find(b"\r", last)) if end >= 0]
    return content[: min(ends) + 1] if ends else content


def _is(content: bytes, encoding: str) -> bool:
    decoder, view = codecs.getincrementaldecoder(encoding)(), memoryview(content)
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(bytes(view[start : start + _CHUNK]))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """The character that gives every row as many cells, the more the better.

    Where none does so, that which gives most rows many: then the uneven rows are reported.
    """
    whole = len(sample) < _SAMPLE

    def quality(delimiter: str) -> tuple[bool, int]:
        aside = Findings()
        widths = [len(cells) for _, cells in _split(io.StringIO(sample, newline=""), delimiter, 0, aside) if any(cells)]
        widths = widths if whole else widths[:-1]
        usual = Counter(widths).most_common(1)[0][0] if widths else 0
        return not (aside.problems and whole) and len(set(widths)) == 1 and usual > 1, usual

    return max(DELIMITERS, key=quality)


def _split(lines: Iterable[str], delimiter: str, skipped: int, found: Findings) -> Iterator[Numbered]:
    """The rows with the number of the line on which each begins; reading ends at quotation marks that do not match."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins + skipped, tuple(cells)
            begins = reader.line_num + 1
    except csv.Error:
        longest = csv.field_size_limit()
        expected = f"cells with matching quotation marks (from this row on), none of more than {longest} characters"
        found.fault(expected, begins + skipped)
