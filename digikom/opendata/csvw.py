"""`data/csv-metadata.json`: the CSV files of an edition as CSV on the Web (https://www.w3.org/TR/tabular-metadata/).

Written from the data package, so that both say the same of each file. Programs that know the standard look for a file
of this name beside a CSV file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

from digikom.opendata.citations import LANGUAGE, LICENSE_ADDRESS
from digikom.opendata.data_package import Json

CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": LANGUAGE}]


def csvw_text(package: Json) -> str:
    """The metadata of the CSV files that the data `package` describes."""
    group = {
        "@context": CONTEXT,
        **_about(package),
        "dc:creator": package["contributors"][0]["title"],
        "dc:issued": package["created"].partition("T")[0],
        "schema:version": package["version"],
        "tables": [_table(resource) for resource in package["resources"]],
    }
    return json.dumps(group, ensure_ascii=False, indent=1) + "\n"


def _about(described: Json) -> Json:
    return {
        "dc:title": described["title"],
        "dc:description": described["description"],
        "dc:language": LANGUAGE,
        "dc:license": {"@id": LICENSE_ADDRESS},
    }


def _table(resource: Json) -> Json:
    schema = resource["schema"]
    keys = {"primaryKey": [_name(key) for key in schema["primaryKey"]]} if "primaryKey" in schema else {}
    columns = [_column(field) for field in schema["fields"]]
    return {"url": resource["path"], **_about(resource), "tableSchema": {"columns": columns, **keys}}


def _column(field: Json) -> Json:
    constraints = field.get("constraints", {})
    datatype = _one_of(constraints["enum"]) if constraints.get("enum") else field["type"]
    return {
        "name": _name(field["name"]),
        # The heading in the file, and what it is called in Norwegian.
        "titles": list(dict.fromkeys([field["name"], field["title"]])),
        "datatype": datatype,
        **({"required": True} if constraints.get("required") else {}),
        **({"dc:description": field["description"], "schema:unitText": field["unit"]} if "unit" in field else {}),
    }


def _one_of(values: Iterable[str]) -> Json:
    """The datatype of texts that are one of `values`: the standard has a pattern for it."""
    return {"base": "string", "format": "|".join(re.escape(value) for value in values)}


def _name(column: str) -> str:
    """The name of a column as a variable of a URI template has to be: other letters and signs in hexadecimal."""
    kept = quote(column, safe="").replace("-", "%2D").replace("~", "%7E")
    return f"%5F{kept[1:]}" if kept.startswith("_") else kept
