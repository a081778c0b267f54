"""The sample's release files as zips, the same bytes on every run and machine (so they are not compressed).

Every archive's name begins with SAMPLE, which puts the sample banner on every report that is made from it.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from codeset_pipeline.demo.sample.tabular_list import FIRST_YEAR, SECOND_YEAR, tabular_list
from codeset_pipeline.demo.sample.text_files import (
    codes_addenda,
    codes_file,
    conversion_table,
    order_addenda,
    order_file,
)
from codeset_pipeline.demo.sample.xml_file import tabular_xml

SAMPLE_RELEASES = (f"FY{FIRST_YEAR}", f"FY{SECOND_YEAR}")


def _members(fiscal_year: int) -> dict[str, bytes]:
    tabular = tabular_list(fiscal_year)
    members = {
        f"icd10cm_order_{fiscal_year}.txt": order_file(tabular),
        f"icd10cm_codes_{fiscal_year}.txt": codes_file(tabular),
        f"icd10cm_tabular_{fiscal_year}.xml": tabular_xml(tabular),
    }
    if fiscal_year == SECOND_YEAR:
        previous = tabular_list(FIRST_YEAR)
        members[f"icd10cm_order_addenda_{fiscal_year}.txt"] = order_addenda(previous, tabular)
        members[f"icd10cm_codes_addenda_{fiscal_year}.txt"] = codes_addenda(previous, tabular)
        members[f"icd10cm_conversion_table_{fiscal_year}.csv"] = conversion_table(tabular)
    return members


def _zipped(fiscal_year: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in sorted(_members(fiscal_year).items()):
            # Written before the release takes effect, as the publisher's are: a later date speaks of an update.
            member = zipfile.ZipInfo(name, (fiscal_year - 1, 6, 15, 0, 0, 0))
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return stream.getvalue()


def write_sample_releases(folder: Path) -> Path:
    """Write the zips of both sample releases into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for fiscal_year in (FIRST_YEAR, SECOND_YEAR):
        path = folder / f"SAMPLE-{fiscal_year}-code-descriptions-tabular-order.zip"
        content = _zipped(fiscal_year)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    return folder
