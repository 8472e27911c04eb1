"""The archive of an edition: what is in it, what never is, when it is refused, and that it verifies itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import jsonschema
import pytest
import rocrate  # type: ignore[import-untyped]
from conftest import Command, run_digikom
from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

from digikom.archive import Archive, make_archive
from digikom.archive.sources import read_sums
from digikom.editions.build_facts import collect_facts, commit_of
from digikom.editions.edition_files import load_edition
from digikom.editions.manifest import read_manifest, write_manifest
from digikom.errors import InputError
from digikom.files import sha256
from digikom.opendata.linked_data import UNKNOWN, media_type
from digikom.paths import PROJECT_ROOT

NASTY = "<script>alert(1)</script> & «Æ»"
YEAR = 2022
ANSWERS = "municipality_code,uses_cloud\n0301,yes\n"
EARLIER = "municipality_code,uses_cloud\n0301,no\n"
MADE = {"COMMIT", "LES-MEG.md", "SHA256SUMS", "ro-crate-metadata.json"}


@dataclass(frozen=True)
class Case:
    """A small project in a repository of its own, and a site with its edition."""

    project: Path
    site: Path

    def archive(self, name: str = "a.zip", **options: Any) -> Archive:  # noqa: ANN401
        return make_archive(YEAR, self.site, self.site.parent / name, root=self.project, **options)

    def refusal(self, **options: Any) -> str:  # noqa: ANN401
        with pytest.raises(InputError) as refused:
            self.archive(**options)
        assert not list(self.site.parent.glob("*.zip"))
        assert not list(self.site.parent.glob(".*.draft"))
        return str(refused.value)

    def publish(self, title: str = "Rapporten 2022", status: str = "synthetic", data_dir: Path | None = None) -> None:
        """Put the edition in the site as a build of the project as it stands would."""
        folder = self.site / str(YEAR)
        write(folder / "index.html", '<title>Forside</title><a href="book/om.html">Om</a><a href="../utgaver/">U</a>')
        write(folder / "book" / "om.html", "<title>Om</title>")
        write(folder / "_sources" / "notebooks" / "03.ipynb", "{}")
        pages = {"index.html": "Forside", "book/om.html": "Om"}
        described = {"year": YEAR, "title": title, "version": "0.1.0", "published": "2026-01-02", "status": status}
        write(folder / "data" / "edition.json", json.dumps(described | {"reference_year": None, "pages": pages}))
        facts = collect_facts((YEAR,), data_dir or self.project / "data", self.project)
        write_manifest(folder, facts)

    def commit(self) -> None:
        git(self.project, "add", "--all")
        git(self.project, "commit", "--quiet", "--message", "x")


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=Kari Utvikler", "-c", "user.email=kari@example.org"]
    subprocess.run(["git", *author, *arguments], cwd=folder, capture_output=True, check=True)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def describe_answers(folder: Path, year: int, **properties: object) -> None:
    """A descriptor that says what the answers of a year are; those of other years are synthetic."""
    answers = folder / "survey" / f"{year}.csv"
    resources = [{"path": f"survey/{year}.csv", "hash": f"sha256:{sha256(answers)}", **properties}]
    for path in sorted((folder / "survey").glob("*.csv")):
        if path.stem != str(year):
            resources.append({"path": f"survey/{path.name}", "status": "synthetic"})
    write(folder / "datapackage.json", json.dumps({"resources": resources}))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    project = tmp_path / "project"
    write(project / "book" / "editions" / f"{YEAR}.yml", EDITION_FILE)
    write(project / "data" / "survey" / f"{YEAR}.csv", ANSWERS)
    describe_answers(project / "data", YEAR, status="synthetic")
    write(project / "digikom" / "plumbing.py", "")
    write(project / "run æ.sh", "#!/bin/sh\n")
    write(project / "requirements.txt", "pandas==1\n")
    write(project / ".gitignore", "_build/\n")
    git(project, "init", "--quiet")
    found = Case(project, tmp_path / "site")
    found.commit()
    found.publish()
    return found


EDITION_FILE = f"year: {YEAR}\ntitle: Rapporten {YEAR}\nversion: 0.1.0\npublished: 2026-01-02\n"


def names(archive: Archive) -> list[str]:
    with zipfile.ZipFile(archive.path) as file:
        return file.namelist()


def text(archive: Archive, name: str) -> str:
    with zipfile.ZipFile(archive.path) as file:
        return file.read(name).decode("utf-8")


def unpack(archive: Archive, folder: Path) -> Path:
    with zipfile.ZipFile(archive.path) as file:
        file.extractall(folder)
    return folder


def graph(archive: Archive) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in json.loads(text(archive, "ro-crate-metadata.json"))["@graph"]}


def identifiers(value: object) -> list[str]:
    """The identifiers that a property of JSON-LD refers to."""
    return [item["@id"] for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def test_it_holds_sources_edition_and_what_describes_them(case: Case, tmp_path: Path) -> None:
    write(case.project / "notes.txt", "not tracked")
    write(case.project / "_build" / "x", "built")
    write(case.site / "2018" / "index.html", "<title>Eldre utgave</title>")
    made = case.archive()
    folder = unpack(made, tmp_path / "out")
    site, found = folder / "site", set(names(made))
    assert {"requirements.txt", "run æ.sh", f"book/editions/{YEAR}.yml", f"data/survey/{YEAR}.csv", *MADE} <= found
    assert {f"site/{YEAR}/_sources/notebooks/03.ipynb", f"site/{YEAR}/data/manifest.json"} <= found
    assert not {name for name in found if name.startswith(("_build", ".git/", "site/2018")) or name == "notes.txt"}
    assert {"index.html", "404.html", "editions.json", "utgaver", str(YEAR)} <= {path.name for path in site.iterdir()}
    assert "2018" not in (site / "index.html").read_text(encoding="utf-8")
    assert (site / "utgaver" / "book" / "om.html").is_file()
    assert commit_of(folder) == commit_of(case.project)
    # Nothing of the machine.
    content = "".join((folder / name).read_text(encoding="utf-8") for name in found)
    assert str(tmp_path) not in content
    assert "Kari" not in content


def test_the_sums_are_those_of_all_files(case: Case, tmp_path: Path) -> None:
    made = case.archive()
    folder = unpack(made, tmp_path / "out")
    sums = read_sums(folder / "SHA256SUMS")
    assert sums == {name: sha256(folder / name) for name in names(made) if name != "SHA256SUMS"}
    check = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    write(folder / "requirements.txt", "other")
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode != 0


def test_the_same_input_gives_the_same_bytes(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = case.archive("a.zip")
    for path in case.project.rglob("*.txt"):
        path.chmod(0o600)
        path.touch()
    other = Case(Path(shutil.copytree(case.project, tmp_path / "elsewhere" / "p")), tmp_path / "elsewhere" / "s")
    shutil.copytree(case.site, other.site)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("USER", "somebody")
    again = other.archive("b.zip")
    assert first.sha256 == again.sha256 == sha256(again.path)
    with zipfile.ZipFile(again.path) as file:
        entries = file.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(2026, 1, 2, 0, 0, 0)}
    modes = {entry.filename: entry.external_attr >> 16 for entry in entries}
    assert modes.pop("run æ.sh") == 0o100755
    assert set(modes.values()) == {0o100644}


def test_an_unpacked_archive_makes_the_archive_again(case: Case, tmp_path: Path) -> None:
    first = case.archive()
    folder = unpack(first, tmp_path / "out")
    again = make_archive(YEAR, folder / "site", tmp_path / "again.zip", root=folder)
    assert again.sha256 == first.sha256
    write(folder / "requirements.txt", "other")
    with pytest.raises(InputError, match=re.escape("requirements.txt")):
        make_archive(YEAR, folder / "site", tmp_path / "third.zip", root=folder)


CITED = """authors:
- name: Bidragsyterne
url: https://example.org/rapport/2022/
references:
- title: Digitalisering
  authors:
  - {family-names: von Berg, given-names: Kari}
  institution: {name: Statistisk sentralbyrå}
  collection-title: Rapporter 1
  year: 2023
"""
#: The fields of Zenodo's form that are used here, as https://developers.zenodo.org documents them.
TEXT = {"type": "string", "minLength": 1}
FORM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["upload_type", "publication_type", "publication_date", "title", "creators", "description", "license"],
    "properties": {
        "title": TEXT,
        "upload_type": {"const": "publication"},
        "publication_type": {"enum": ["report", "workingpaper", "technicalnote", "other"]},
        "publication_date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "version": TEXT,
        "language": {"type": "string", "pattern": "^[a-z]{3}$"},
        "creators": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {"name": TEXT},
            },
        },
        "description": TEXT,
        "notes": TEXT,
        "access_right": {"enum": ["open", "embargoed", "restricted", "closed"]},
        "license": {"enum": ["cc-by-4.0", "mit"]},
        "keywords": {"type": "array", "items": TEXT},
        "references": {"type": "array", "items": TEXT},
        "related_identifiers": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["identifier", "relation"],
                "properties": {
                    "identifier": {"type": "string", "pattern": "^(https?://|10[.])"},
                    "relation": {"enum": ["isVariantFormOf", "isIdenticalTo", "isPartOf", "cites", "references"]},
                    "resource_type": {"enum": ["publication-report", "dataset", "software"]},
                },
            },
        },
    },
}


def form(made: Archive) -> dict[str, Any]:
    """What is written for Zenodo beside an archive."""
    content: dict[str, Any] = json.loads(made.deposit.read_text(encoding="utf-8"))
    assert list(content) == ["metadata"]
    jsonschema.validate(content["metadata"], FORM)
    metadata: dict[str, Any] = content["metadata"]
    return metadata


def test_the_form_for_zenodo_is_filled_in_from_the_edition(case: Case) -> None:
    case.publish(NASTY)
    made = case.archive("b.zip")
    assert made.deposit == made.path.with_name("b.zenodo.json")
    bare = form(made)
    assert (bare["title"], bare["version"], bare["publication_date"]) == (NASTY, "0.1.0", "2026-01-02")
    assert "&lt;script&gt;" in bare["description"]
    assert "syntetiske svar" in bare["description"]
    assert "related_identifiers" not in bare
    write(case.site / str(YEAR) / "CITATION.cff", CITED)
    write_manifest(case.site / str(YEAR), collect_facts((YEAR,), case.project / "data", case.project))
    cited = form(case.archive("b.zip"))
    assert cited["creators"] == [{"name": "Bidragsyterne"}]
    assert cited["references"] == ["von Berg, Kari (2023). Digitalisering. Rapporter 1, Statistisk sentralbyrå."]
    assert cited["related_identifiers"][0]["identifier"] == "https://example.org/rapport/2022/"


def test_a_title_full_of_markup_names_the_file_and_stays_text(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digikom.archive.making.ARCHIVE_DIR", case.site.parent / "made")
    case.publish(title=NASTY)
    made = make_archive(YEAR, case.site, root=case.project)
    assert made.path.name == "script-alert-1-script-ae-v0.1.0.zip"
    assert {path.name for path in made.path.parent.iterdir()} == {made.path.name, made.deposit.name}
    assert "<script" not in text(made, "LES-MEG.md")
    assert "&lt;script&gt;" in text(made, "LES-MEG.md")
    assert graph(made)["./"]["name"] == NASTY


def test_the_readme_names_both_commands_and_the_status(case: Case) -> None:
    readme = text(case.archive(), "LES-MEG.md")
    assert f"make book EDITIONS={YEAR}\nmake verify EDITIONS={YEAR}\n" in readme
    assert "Svarene er syntetiske" in readme
    assert "fortrolige" not in readme
    assert "| rapporten som PDF |" not in readme
    assert "\n\n\n" not in readme
    targets = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"book", "verify"} <= set(re.findall(r"^([a-z]+):", targets, re.MULTILINE))


def test_a_pdf_is_named_and_its_lack_is_told(case: Case) -> None:
    assert case.archive().notes == ("The edition has no PDF",)
    write(case.site / str(YEAR) / "rapporten-2022.pdf", "%PDF")
    write_manifest(case.site / str(YEAR), read_manifest(case.site / str(YEAR)).facts)
    made = case.archive("b.zip")
    assert made.notes == ()
    assert f"`site/{YEAR}/rapporten-2022.pdf`" in text(made, "LES-MEG.md")


def test_the_crate_describes_every_file_in_known_terms(case: Case, tmp_path: Path) -> None:
    made = case.archive()
    found = graph(made)
    root, metadata, action = found["./"], found["ro-crate-metadata.json"], found["#build"]
    assert metadata["about"] == {"@id": "./"}
    assert metadata["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert (root["@type"], root["datePublished"], root["version"]) == ("Dataset", "2026-01-02", "0.1.0")
    assert root["name"] == "Rapporten 2022"
    assert "syntetiske svar" in root["description"]
    assert all(found[licence]["name"] for licence in identifiers(root["license"]))
    assert found[root["author"]["@id"]]["@type"] == "Organization"
    assert (root["mentions"], action["@type"]) == ({"@id": "#build"}, "CreateAction")
    assert found[action["instrument"]["@id"]]["name"] == f"digikom build {YEAR}"
    assert {"data/"} <= set(identifiers(action["object"]))
    assert action["result"] == {"@id": f"site/{YEAR}/"}
    # Every part is a file or a folder, and every file a part.
    folder = unpack(made, tmp_path / "out")
    parts = identifiers(root["hasPart"])
    files = [unquote(part) for part in parts if not part.endswith("/")]
    assert sorted(files) == sorted(set(names(made)) - {"ro-crate-metadata.json"})
    assert all((folder / part).is_dir() for part in parts if part.endswith("/"))
    for name in files:
        entity = found[crate_id(name)]
        assert (entity["@type"], bool(entity["encodingFormat"])) == ("File", True)
        if name != "SHA256SUMS":
            content = (folder / name).read_bytes()
            assert (entity["sha256"], entity["contentSize"]) == (sha256(content), str(len(content)))
    # The library that others read it with finds the same, and knows the terms.
    assert {entity.id for entity in ROCrate(folder).get_by_type("File")} >= {crate_id(name) for name in files}
    context = Path(str(rocrate.__file__)).parent / "data" / "ro-crate.jsonld"
    terms = json.loads(context.read_text(encoding="utf-8"))["@context"]
    for entity in found.values():
        assert {name for name in entity if not name.startswith("@")} <= terms.keys()
        for name, value in entity.items():
            outside = {"https://w3id.org/ro/crate/1.2"} if name == "conformsTo" else set()
            assert set(identifiers(value)) <= found.keys() | outside


def crate_id(name: str) -> str:
    """A file's identifier: its name as an address."""
    return name.replace(" ", "%20").replace("æ", "%C3%A6")


def test_the_format_of_every_file_of_the_project_is_known() -> None:
    project = [path.name for folder in ("book", "data", "digikom") for path in (PROJECT_ROOT / folder).rglob("*.*")]
    unknown = {name for name in project if media_type(name) == UNKNOWN}
    assert not {name for name in unknown if not name.endswith((".pyc", ".mo"))}


def rewrite_facts(case: Case, **changes: object) -> None:
    facts = read_manifest(case.site / str(YEAR)).facts
    write_manifest(case.site / str(YEAR), facts.model_copy(update=changes))


def change_answers(case: Case) -> None:
    write(case.project / "data" / "survey" / f"{YEAR}.csv", EARLIER)
    describe_answers(case.project / "data", YEAR, status="synthetic")
    case.commit()
    rewrite_facts(case, commit=commit_of(case.project)[0])


def commit_again(case: Case) -> None:
    write(case.project / "README.md", "new")
    case.commit()


def name_a_path(case: Case) -> None:
    write(case.project / "book" / "editions" / "2018.yml", EDITION_FILE.replace("2022", "2018") + "data_dir: /secret\n")
    case.commit()


def in_edition(name: str, content: str) -> Callable[[Case], None]:
    return lambda case: write(case.site / str(YEAR) / name, content)


def in_project(name: str, content: str) -> Callable[[Case], None]:
    return lambda case: write(case.project / name, content)


#: What does not belong together, by name: how it comes about, and what the message says of it.
REFUSALS: dict[str, tuple[Callable[[Case], Any], str]] = {
    "page changed": (in_edition("book/om.html", "<title>Om</title>x"), "changed: book/om.html"),
    "page added": (in_edition("book/ny.html", ""), "added: book/ny.html"),
    "source changed": (in_project("requirements.txt", "pandas==2\n"), "requirements.txt"),
    "source removed": (lambda case: (case.project / "requirements.txt").unlink(), "requirements.txt"),
    "source added": (in_project("digikom/forgotten.py", ""), "digikom/forgotten.py"),
    "another commit": (commit_again, "was made from"),
    "other answers": (change_answers, "other data than those at hand: datapackage.json, survey/2022.csv"),
    "built with changes": (lambda case: rewrite_facts(case, modified=True), "uncommitted changes"),
    "no edition": (lambda case: shutil.rmtree(case.site / str(YEAR)), "is not published"),
    "no manifest": (lambda case: (case.site / str(YEAR) / "data" / "manifest.json").unlink(), "manifest"),
    "no description": (in_edition("data/edition.json", "{}"), "edition.json"),
    "a path of the machine": (name_a_path, "2018.yml"),
    "no repository": (lambda case: shutil.rmtree(case.project / ".git"), "neither a git repository nor"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_it_is_refused_when_things_do_not_belong_together(case: Case, name: str) -> None:
    change, reason = REFUSALS[name]
    change(case)
    message = case.refusal()
    assert reason in message
    assert "/secret" not in message


def test_every_reason_is_said_at_once(case: Case) -> None:
    reasons = ["another commit", "a path of the machine", "source changed", "source added", "built with changes"]
    for change, _ in (REFUSALS[name] for name in (*reasons, "page added")):
        change(case)
    message = case.refusal()
    assert all(REFUSALS[name][1] in message for name in (*reasons, "page added"))


def test_changed_files_may_be_archived_and_the_archive_says_so(case: Case, tmp_path: Path) -> None:
    for name in ("source changed", "source added"):
        REFUSALS[name][0](case)
    made = case.archive(allow_modified=True)
    assert text(made, "requirements.txt") == "pandas==2\n"
    assert "digikom/forgotten.py" not in names(made)
    assert "Files have uncommitted changes; the archive says so" in made.notes
    assert "endret etter siste lagring" in text(made, "LES-MEG.md")
    assert "endringer" in graph(made)["./"]["description"]
    # A copy that isn't the commit must not pass for it, nor what is made of it.
    folder = unpack(made, tmp_path / "out")
    assert commit_of(folder) == (commit_of(case.project)[0], True)
    with pytest.raises(InputError, match="COMMIT"):
        make_archive(YEAR, folder / "site", tmp_path / "b.zip", root=folder)
    again = make_archive(YEAR, folder / "site", tmp_path / "b.zip", root=folder, allow_modified=True)
    assert again.sha256 == made.sha256


def test_other_pages_are_never_archived_as_if_they_were_the_build(case: Case) -> None:
    write(case.site.parent / "a.zip", "old")
    REFUSALS["page changed"][0](case)
    with pytest.raises(InputError, match=r"changed: book/om\.html"):
        case.archive(allow_modified=True)
    assert (case.site.parent / "a.zip").read_text(encoding="utf-8") == "old"


def assert_withheld(made: Archive, content: str = ANSWERS) -> None:
    """The answers are nowhere in the archive, and it says so in all its places."""
    with zipfile.ZipFile(made.path) as file:
        assert not [name for name in file.namelist() if content.encode() in file.read(name)]
    assert "confidential" in made.notes[0]
    assert "Svarene er ikke med" in text(made, "LES-MEG.md")
    assert "Svarene fra 2022 er fortrolige" in text(made, "LES-MEG.md")
    assert "not included" in text(made, "LES-MEG.md")
    assert "fortrolige" in graph(made)["./"]["description"]
    assert "syntetisk" not in text(made, "LES-MEG.md")


def withhold(case: Case) -> None:
    """Declare the project's own answers confidential, and take them out of git."""
    describe_answers(case.project / "data", YEAR, status="real")
    git(case.project, "rm", "--quiet", "--cached", f"data/survey/{YEAR}.csv")
    git(case.project, "add", "data/datapackage.json")
    git(case.project, "commit", "--quiet", "--message", "x")
    case.publish(status="real")


def test_confidential_answers_that_git_knows_are_refused(case: Case) -> None:
    describe_answers(case.project / "data", YEAR, status="real")
    case.commit()
    case.publish(status="real")
    assert f"git tracks or that are published\n  - data/survey/{YEAR}.csv" in case.refusal()


def test_confidential_answers_that_git_does_not_know_are_no_forgotten_file(case: Case) -> None:
    withhold(case)
    made = case.archive()
    assert_withheld(made)
    assert {f"book/editions/{YEAR}.yml", "data/datapackage.json", f"site/{YEAR}/index.html"} <= set(names(made))
    assert "`data/survey/`" in text(made, "LES-MEG.md")


@pytest.mark.parametrize("name", ["book/static/x.bin", "notes/old copy.csv", f"other/survey/{YEAR}.csv", "link"])
def test_a_copy_of_confidential_answers_never_enters_under_whatever_name(case: Case, name: str) -> None:
    withhold(case)
    copy = case.project / name
    if name == "link":
        copy.symlink_to("data/survey/2022.csv")
    else:
        write(copy, ANSWERS)
    if name.startswith("other/"):
        describe_answers(case.project / "other", YEAR, status="real")
    made = case.archive(allow_modified=True)
    assert_withheld(made)
    made.path.unlink()
    git(case.project, "add", name)
    assert name in case.refusal(allow_modified=True).splitlines()[-1]


def test_confidential_answers_among_the_published_pages_are_refused(case: Case) -> None:
    write(case.site / str(YEAR) / "_static" / "x.bin", ANSWERS)
    withhold(case)
    assert f"- {YEAR}/_static/x.bin" in case.refusal()


@pytest.mark.parametrize("tracked", [False, True])
def test_a_data_folder_in_the_project_stays_out(case: Case, tracked: bool) -> None:
    folder = case.project / "kept" / "2022"
    write(folder / "survey" / f"{YEAR}.csv", ANSWERS.replace("yes", "wholly"))
    write(folder / "extract.txt", "0301;Oslo;wholly")
    describe_answers(folder, YEAR, status="real")
    if tracked:
        git(case.project, "add", "kept/2022/extract.txt", "kept/2022/datapackage.json")
        git(case.project, "commit", "--quiet", "--message", "x")
    case.publish(status="real", data_dir=folder)
    made = case.archive(data_dir=str(folder))
    assert_withheld(made, ANSWERS.replace("yes", "wholly"))
    assert [name for name in names(made) if name.startswith(("kept/", "answers/"))] == ["answers/datapackage.json"]
    made.path.unlink()
    case.commit()
    case.publish(status="real", data_dir=folder)
    assert f"- kept/2022/survey/{YEAR}.csv" in case.refusal(data_dir=str(folder))
    # Another edition does not make them open.
    assert f"- kept/2022/survey/{YEAR}.csv" in case.refusal()


@pytest.fixture
def outside(case: Case) -> Path:
    """Answers that lie outside the project, with a codebook and an earlier year."""
    folder = case.site.parent / "answers of Kari"
    write(folder / "survey" / f"{YEAR}.csv", ANSWERS.replace("yes", "wholly"))
    write(folder / "survey" / "2018.csv", EARLIER)
    write(folder / "survey" / "2024.csv", "later")
    write(folder / "codebook" / "items.csv", "item\n")
    write(folder / "letter.txt", "private")
    describe_answers(folder, YEAR, status="synthetic")
    return folder


def test_confidential_answers_outside_the_project_never_enter(case: Case, outside: Path) -> None:
    describe_answers(outside, YEAR, status="real", municipalities_public=False)
    case.publish(status="real", data_dir=outside)
    made = case.archive(data_dir=str(outside))
    assert_withheld(made, ANSWERS.replace("yes", "wholly"))
    entered = {name for name in names(made) if name.startswith("answers/")}
    assert entered == {"answers/codebook/items.csv", "answers/datapackage.json", "answers/survey/2018.csv"}
    assert f"make book EDITIONS={YEAR} DATA_DIR=MAPPE\n" in text(made, "LES-MEG.md")


def test_answers_that_may_be_shown_come_with_the_archive(case: Case, outside: Path) -> None:
    describe_answers(outside, YEAR, status="real", municipalities_public=True)
    case.publish(status="real", data_dir=outside)
    made = case.archive(data_dir=str(outside))
    assert text(made, f"answers/survey/{YEAR}.csv") == ANSWERS.replace("yes", "wholly")
    assert not {"answers/letter.txt", "answers/survey/2024.csv"} & set(names(made))
    assert f"make verify EDITIONS={YEAR} DATA_DIR=answers\n" in text(made, "LES-MEG.md")
    assert "fortrolige" not in text(made, "LES-MEG.md")
    assert {"answers/", "data/"} <= set(identifiers(graph(made)["#build"]["object"]))


def test_a_forgotten_data_folder_is_noticed(case: Case, outside: Path) -> None:
    case.publish(data_dir=outside)
    assert "other data than those at hand" in case.refusal()


def test_a_descriptor_that_cannot_be_understood_stops_the_archive(case: Case) -> None:
    describe_answers(case.project / "data", YEAR, status="secret")
    case.commit()
    case.publish()
    assert "synthetic or real" in case.refusal()


def test_a_place_that_cannot_be_written_is_an_input_error(case: Case) -> None:
    write(case.site.parent / "file", "")
    (case.site.parent / "folder").mkdir()
    for name in ("file/a.zip", "folder"):
        with pytest.raises(InputError, match="cannot be written"):
            case.archive(name)
    assert not list(case.site.parent.glob(".*.draft"))


def test_the_command_refuses_with_exit_code_2(digikom: Command, tmp_path: Path) -> None:
    done = digikom("archive", str(YEAR), "--site", str(tmp_path))
    assert done.returncode == 2
    assert "is not published" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module", params=[2018, pytest.param(YEAR, marks=pytest.mark.full)])
def unpacked(site: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """An archive of one of the project's own editions, unpacked.

    The site at hand may have been built before the last commit, so a copy of it is said to be of this one.
    """
    work = tmp_path_factory.mktemp("archive")
    commit, _ = commit_of(PROJECT_ROOT)
    if not commit:
        pytest.skip("a copy of the project that does not tell its commit cannot be archived")
    year = request.param
    folder = Path(shutil.copytree(site / str(year), work / "built" / str(year)))
    facts = collect_facts(load_edition(year).years).model_copy(update={"commit": commit, "modified": False})
    write_manifest(folder, facts)
    made = make_archive(year, folder.parent, work / "a.zip", allow_modified=True)
    return unpack(made, work / "unpacked")


@pytest.mark.build
def test_no_link_of_the_site_in_an_archive_leads_nowhere(unpacked: Path) -> None:
    site = unpacked / "site"
    dead = set()
    for page in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8")):
            path = unquote(urldefrag(link)[0].split("?")[0])
            # The page for addresses that don't exist may stand anywhere, and leads to the top of its server.
            if path and not re.match(r"[a-z]+:", path) and page.name != "404.html":
                target = page.parent / path
                if not (target / "index.html" if path.endswith("/") else target).is_file():
                    dead.add((page.relative_to(site).as_posix(), path))
    assert not dead


@pytest.mark.build
@pytest.mark.full
def test_an_unpacked_archive_verifies_itself(unpacked: Path) -> None:
    (edition,) = (unpacked / "site").glob("[0-9]*/data/edition.json")
    done = run_digikom(unpacked, "verify", edition.parts[-3], "--site", "site", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "identical" in done.stdout
