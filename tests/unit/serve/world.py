"""A small workspace whose codes end, split, are renamed, reworded and come back; ICD-10-CM and HCPCS."""

from __future__ import annotations

from pathlib import Path

from codeset_pipeline import pipeline
from tests.generated_releases import Codes, Entry, categories, conversion_csv, retitled, split, without, write_release
from tests.hcpcs_releases import Code, anweb_text, supplies, write_archive
from tests.unit.history.loading import ANYTHING, workspace

HOSTILE = "<img src=x onerror=alert(1)> \"quoted\" & 'so' =1+1"

FY2018: Codes = {**categories(count=20), "A051": Entry(True, HOSTILE[:60], HOSTILE)}
FY2018["A071"] = Entry(True, "Chill of thumb", "Chill of the left thumb")
# On 1 October 2019 A07.1 is renamed A07.2, A00.9 is renamed A03.3, A01.0 becomes a header; A02.0 is reworded.
FY2020: Codes = {
    **retitled(split(without(FY2018, "A009", "A071"), "A010"), "A020", "Ménière-like disorder"),
    "A033": Entry(True, "Renamed disorder A00.9", "Renamed disorder A00.9"),
    "A072": Entry(True, "Lasting chill", "Lasting chill of the left thumb"),
}
# A03.3 goes on as A03.4, and A00.9 comes back, on 1 October 2020.
FY2021: Codes = {
    **without(FY2020, "A033"),
    "A034": Entry(True, "Renamed again", "Renamed again A00.9"),
    "A009": FY2018["A009"],
}
RELEASES = {2018: FY2018, 2020: FY2020, 2021: FY2021}

# Made-up releases of genuine years.
GATE = ANYTHING | {"known_counts"}


def take(home: Path, code_set: str, path: Path, release: str | None = None) -> None:
    """Accept one file, whatever the gate thinks of it."""
    intake = pipeline.discover(code_set, path, release)
    pipeline.accept(workspace(home), intake, release=release, everything=True, checks_to_accept=GATE)


def build(folder: Path) -> Path:
    """The workspace, made from release files in the publisher's layouts."""
    home = folder / "home"
    before: Codes | None = None
    for year, codes in RELEASES.items():
        take(home, "icd10cm", write_release(folder / f"FY{year}", year, codes, before))
        before = codes
    table = folder / "FY2021" / "ICD-10-CM-Conversion-Table-FY2021.csv"
    table.write_bytes(conversion_csv([("A07.2", 2019, "A07.1"), ("A03.3", 2019, "A00.9"), ("A03.4", 2020, "A03.3")]))
    take(home, "icd10cm", table)
    pipeline.load(workspace(home), "icd10cm")
    old = {**supplies(), "A1010": Code("Supply that ends", ended="20200331", xref="A1011")}
    quarters = {"20JANANWEB": (supplies(), (2020, 1, 1)), "20APRANWEB": (old, (2020, 4, 1))}
    for number, (name, (content, written)) in enumerate(quarters.items()):
        text = f"HCPC2020_{name[2:5]}_ANWEB.txt"
        path = write_archive(folder / f"2020Q{number + 1}" / f"{name}.zip", {text: (anweb_text(content), written)})
        take(home, "hcpcs", path, f"2020Q{number + 1}")
    pipeline.load(workspace(home), "hcpcs")
    return home
