"""The citation file of an edition, in the Citation File Format 1.2.0 (https://citation-file-format.github.io/)."""

from __future__ import annotations

from typing import Any

import yaml

from digikom.opendata.citation import LICENSE, Citation
from digikom.opendata.works import Work

FORMAT_VERSION = "1.2.0"


def citation_file(cited: Citation, message: str, abstract: str, based_on: Work | None) -> str:
    """The file as YAML. `message` and `abstract` are for the reader; `based_on` becomes a reference.

    The format knows software and data sets only, so the edition is a data set whose preferred citation is a report.
    """
    edition = cited.edition
    author = {"name": cited.author}
    address = {"url": cited.address} if cited.address else {}
    content: dict[str, Any] = {
        "cff-version": FORMAT_VERSION,
        "message": message,
        "type": "dataset",
        "title": edition.title,
        "abstract": abstract,
        "authors": [author],
        "version": edition.version,
        "date-released": edition.published,
        "license": LICENSE,
        **address,
        "preferred-citation": {
            "type": "report",
            "title": edition.title,
            "authors": [author],
            "institution": author,
            "year": edition.published.year,
            "month": edition.published.month,
            "version": edition.version,
            **({"notes": cited.note} if cited.note else {}),
            **address,
        },
    }
    if based_on is not None:
        content["references"] = [_reference(based_on)]
    text: str = yaml.dump(content, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=120)
    return text


class _PlainDumper(yaml.SafeDumper):
    """Writes what occurs twice out twice: the references that YAML has for it are hard to read."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _reference(work: Work) -> dict[str, Any]:
    return {
        "type": "report",
        "title": work.title,
        "authors": [{"family-names": family, "given-names": given} for given, family in work.authors],
        "institution": {"name": work.institution},
        "collection-title": work.series,
        "year": work.year,
    }
