"""The known differences, read from `known_differences.yml`, and how one is matched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

# Each sort of text change includes the ones before it.
_SORTS = ("spacing", "case", "punctuation", "accents", "wording")


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of one difference when an explanation is sought.

    Attributes:
        texts: field that differs → sort of its text change.
        mid_year: the list's base is a mid-year update that is not loaded, and this difference fits it.
        tabular: one text comes from the tabular XML, the other from a text file.
    """

    code_set: str
    side: str
    kind: str
    code: str
    texts: Mapping[str, str]
    mid_year: bool = False
    tabular: bool = False


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """One entry of `known_differences.yml`."""

    rule: str
    cause: str
    when: Mapping[str, Any]

    def explains(self, seen: Observed) -> bool:
        when = self.when
        if seen.code_set not in when["code_set"]:
            return False
        if ("base" in when and not seen.mid_year) or ("layout" in when and not seen.tabular):
            return False
        if "side" in when and when["side"] != seen.side:
            return False
        if "kind" in when and when["kind"] != seen.kind:
            return False
        if "fields" in when and not (seen.texts and set(seen.texts) <= set(when["fields"])):
            return False
        if "text" in when:
            limit = _SORTS.index(when["text"])
            if not seen.texts or any(_SORTS.index(sort) > limit for sort in seen.texts.values()):
                return False
        return "codes" not in when or seen.code in when["codes"]


# Code sets whose publisher states no texts before and after but actions or pairs; see `hcpcs_known` and `ncci_known`.
_BY_ACTION = {"hcpcs", "ncci-ptp"}


@cache
def entries() -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """Rule, cause and `when` of all entries, in the order of the file."""
    text = resources.files("codeset_pipeline.diff").joinpath("known_differences.yml").read_text(encoding="utf-8")
    return tuple((entry["rule"], " ".join(entry["cause"].split()), entry["when"]) for entry in yaml.safe_load(text))


@cache
def known_differences() -> tuple[KnownDifference, ...]:
    """The entries for code sets with lists of changes (addenda), in the order of the file."""
    return tuple(
        KnownDifference(rule, cause, when)
        for rule, cause, when in entries()
        if not _BY_ACTION.intersection(when["code_set"])
    )


def explanation(seen: Observed) -> KnownDifference | None:
    """The first entry that explains a difference, None when it is unexplained."""
    return next((entry for entry in known_differences() if entry.explains(seen)), None)
