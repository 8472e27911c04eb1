"""Make `uttrekk-2025.csv`, an example of what a survey system gives: every cell of it is made up.

Run `python data/examples/make_extract.py` (option: `--out FILE`). The municipalities are those of the division of
2024-; persons, addresses, comments and answers are invented, and the same run gives the same bytes everywhere.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
REGISTER = HERE.parent / "municipalities" / "municipalities-2024.csv"
SEED = 20250131
RESPONSES = 350

DEGREES = [
    "I svært liten grad",
    "I ganske liten grad",
    "I hverken stor eller liten grad",
    "I ganske stor grad",
    "I svært stor grad",
    "Vet ikke",
]
EXTENTS = ["Ja, helt", "Ja, delvis", "Nei", "Vet ikke", "Ikke relevant"]
# How the answers to each barrier and to each activity are spread, in the order of the lists above.
BARRIERS = {
    "SPM09_1": [0.05, 0.13, 0.27, 0.39, 0.14, 0.02],
    "SPM09_2": [0.03, 0.06, 0.14, 0.44, 0.31, 0.02],
    "SPM09_3": [0.03, 0.10, 0.25, 0.38, 0.20, 0.04],
    "SPM09_4": [0.06, 0.17, 0.36, 0.27, 0.08, 0.06],
    "SPM09_5": [0.05, 0.14, 0.33, 0.31, 0.12, 0.05],
    "SPM09_6": [0.07, 0.20, 0.31, 0.28, 0.09, 0.05],
}
ACTIVITIES = {
    "Spm 14a": [0.34, 0.52, 0.11, 0.02, 0.01],
    "Spm 14b": [0.86, 0.11, 0.02, 0.01, 0.00],
    "Spm 14c": [0.63, 0.31, 0.04, 0.02, 0.00],
    "Spm 14d": [0.41, 0.49, 0.08, 0.01, 0.01],
    "Spm 14e": [0.33, 0.46, 0.15, 0.04, 0.02],
    "Spm 14f": [0.84, 0.15, 0.01, 0.00, 0.00],
    "Spm 14g": [0.52, 0.41, 0.05, 0.01, 0.01],
    "Spm 14h": [0.24, 0.55, 0.17, 0.03, 0.01],
}
FIRST_NAMES = ["Åse", "Bjørn", "Cæcilie", "Dagfinn", "Eirin", "Frøydis", "Gro", "Håkon", "Ingrid", "Jørn"]
LAST_NAMES = ["Oppdiktet", "Påfunn", "Eksempelsen", "Tenktøy", "Uvirkelig", "Prøvestad", "Fantasimo"]
COMMENTS = [
    "Oppdiktet kommentar: Skjemaet gikk greit å fylle ut.",
    "Oppdiktet kommentar: Vi mangler folk; spørsmål 9 var vanskelig.",
    'Oppdiktet kommentar: «Ja, delvis» passer best, selv om "delvis" er litt å ta i.',
    "Oppdiktet kommentar: Ta kontakt på telefon.\nVi svarer gjerne på mer.",
]


def rows() -> list[dict[str, str]]:
    """The responses, one a municipality, in the order in which they came in."""
    chance = np.random.default_rng(SEED)
    with REGISTER.open(encoding="utf-8", newline="") as file:
        register = list(csv.DictReader(file))
    came_in = chance.permutation(len(register))[:RESPONSES]
    return [_response(register[place], number, chance) for number, place in enumerate(came_in, start=1)]


def _response(municipality: dict[str, str], number: int, chance: np.random.Generator) -> dict[str, str]:
    large = float(np.clip(np.log10(int(municipality["population"])) - 3, 0, 2)) / 2
    tried = chance.random() < 0.25 + 0.6 * large
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    address = f"{first}.{last}.{number}".lower().translate(str.maketrans("æøå", "eoa"))
    return {
        "RespID": str(10_000 + number),
        # The system treats the code as a number, and so its leading zero is gone.
        "Kommunenr": str(int(municipality["municipality_code"])),
        "Kommune": municipality["name"],
        "Kontaktperson": f"{first} {last} {number}",
        "E-post": f"{address}@eksempel.invalid",
        "Levert": f"{int(chance.integers(1, 29)):02}.02.2025",
        "Minutter brukt": f"{chance.uniform(8, 60):.1f}".replace(".", ","),
        "SPM07_1": "Ja" if tried else "Nei",
        "SPM07_2": ("Ja" if chance.random() < 0.78 - 0.15 * large else "Nei") if tried else "",
        **{column: str(chance.choice(DEGREES, p=shares)) for column, shares in BARRIERS.items()},
        "Spm 12a": "Ja" if chance.random() < 0.45 + 0.45 * large else "Nei",
        **{column: str(chance.choice(EXTENTS, p=shares)) for column, shares in ACTIVITIES.items()},
        "Kommentar": str(chance.choice(COMMENTS)) if chance.random() < 0.2 else "",
    }


def content() -> bytes:
    """The extract: semicolons, Windows-1252, line ends as on Windows."""
    responses = rows()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(responses[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(responses)
    return text.getvalue().encode("cp1252")


def main() -> None:
    """Command line: `make_extract.py [--out FILE]`."""
    parser = argparse.ArgumentParser(description="Make the example of an extract.")
    parser.add_argument("--out", type=Path, default=HERE / "uttrekk-2025.csv", help="file to write")
    parser.parse_args().out.write_bytes(content())


if __name__ == "__main__":
    main()
