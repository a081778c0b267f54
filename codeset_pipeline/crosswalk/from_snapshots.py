"""What a crosswalk is built from, read out of snapshots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from codeset_pipeline.crosswalk.hcpcs_inputs import HcpcsCode, HcpcsRelease
from codeset_pipeline.crosswalk.inputs import ConversionEntry, ReleaseCodes, Term
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CODES
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import CODES, CONVERSION


def release_codes(snapshot: Snapshot) -> ReleaseCodes:
    """The codes of a release, with flags and long titles."""
    billable: dict[str, bool] = {}
    titles: dict[str, str] = {}
    for code, flag, title in snapshot.read(CODES, ["code", "billable", "long_title"]):
        billable[code] = flag
        titles[code] = title
    return ReleaseCodes(snapshot.effective_from, billable, titles)


def conversion_source(target: Snapshot, loaded: Sequence[Snapshot]) -> Snapshot | None:
    """The release whose conversion table is used for a pair that ends in `target`.

    The table is cumulative, so the target's own serves, else the next later one, else the last earlier one.
    """
    having = sorted((s for s in loaded if s.has(CONVERSION)), key=lambda s: s.effective_from)
    later = [s for s in having if s.effective_from >= target.effective_from]
    return later[0] if later else (having[-1] if having else None)


def conversion_entries(snapshot: Snapshot | None) -> list[ConversionEntry]:
    """The rows of the conversion table that came with a release."""
    if snapshot is None:
        return []
    columns = ["current", "effective_from", "previous", "reference"]
    return [
        ConversionEntry(
            current,
            effective_from,
            tuple(tuple(Term(*term) for term in group) for group in json.loads(previous)),
            reference,
        )
        for current, effective_from, previous, reference in snapshot.read(CONVERSION, columns)
    ]


@lru_cache(maxsize=4096)
def _listed(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def hcpcs_release(snapshot: Snapshot) -> HcpcsRelease:
    """The codes and modifiers of a HCPCS release, with what a successor is recognised by."""
    files = [item["member"] for item in snapshot.inputs if item["role"].startswith("anweb")]
    columns = [
        "code", "is_modifier", "long_description", "short_description", "betos", "types_of_service",
        "pricing_indicators", "coverage", "cross_references", "added_date", "termination_date",
    ]  # fmt: skip
    codes = {}
    for code, modifier, long, short, betos, services, pricing, coverage, references, added, last in snapshot.read(
        HCPCS_CODES, columns
    ):
        codes[code] = HcpcsCode(
            code,
            modifier,
            long,
            short,
            betos,
            _listed(services),
            _listed(pricing),
            coverage,
            _listed(references),
            added or snapshot.effective_from,
            last,
        )
    reference = str(files[0]).rsplit("/", 1)[-1] if files else str(snapshot.manifest["label"])
    return HcpcsRelease(snapshot.effective_from, codes, reference)
