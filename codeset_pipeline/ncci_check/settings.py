"""The settings that NCCI edits are published for, and the code sets that hold in each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from codeset_pipeline.errors import HistoryError, UsageError


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting; a code set that is not published for it is None.

    Attributes:
        ptp, mue, add_on: names of the code sets with procedure-to-procedure, medically unlikely and add-on edits.
    """

    name: str
    ptp: str | None
    mue: str | None
    add_on: str | None

    @property
    def code_sets(self) -> tuple[str, ...]:
        return tuple(name for name in (self.ptp, self.mue, self.add_on) if name)


_ADD_ON = "ncci-aoc"
SETTINGS = (
    Setting("practitioner", "ncci-ptp-practitioner", "ncci-mue-practitioner", _ADD_ON),
    Setting("hospital", "ncci-ptp-hospital", "ncci-mue-outpatient", _ADD_ON),
    Setting("dme", None, "ncci-mue-dme", _ADD_ON),
    Setting("medicaid-practitioner", "ncci-medicaid-ptp-practitioner", "ncci-medicaid-mue-practitioner", None),
    Setting("medicaid-hospital", "ncci-medicaid-ptp-hospital", "ncci-medicaid-mue-outpatient", None),
    Setting("medicaid-dme", "ncci-medicaid-ptp-dme", "ncci-medicaid-mue-dme", None),
)
_ALIASES = {"outpatient": "hospital", "medicaid-outpatient": "medicaid-hospital"}
_ADD_ON_ALONE = Setting("add-on codes", None, None, _ADD_ON)


def settings_named(word: str, loaded: Collection[str]) -> tuple[Setting, ...]:
    """The settings that a word asks for, as far as anything of them is loaded.

    Args:
        word: a setting (`practitioner`, `hospital`, `dme`, `medicaid-practitioner`, …); a code set, which stands for
            its setting; `ncci` for every Medicare setting and `medicaid` for every Medicaid one that is loaded.
        loaded: the code sets with a loaded release.

    Raises:
        UsageError: the word is none of these.
        HistoryError: nothing of the setting is loaded.
    """
    name = word.strip().lower()
    name = _ALIASES.get(name, name.removeprefix("ncci-") if name.removeprefix("ncci-") in _NAMES else name)
    if name == _ADD_ON:
        asked: tuple[Setting, ...] = (_ADD_ON_ALONE,)
    elif name in {"ncci", "medicaid"}:
        asked = tuple(each for each in SETTINGS if each.name.startswith("medicaid") == (name == "medicaid"))
        asked = tuple(each for each in asked if any(part in loaded for part in (each.ptp, each.mue) if part))
        if not asked and name == "ncci" and _ADD_ON in loaded:
            asked = (_ADD_ON_ALONE,)
    else:
        asked = tuple(each for each in SETTINGS if name == each.name or name in each.code_sets)
        if not asked:
            raise UsageError(
                f"{word!r} is no NCCI setting; use ncci for all that is loaded, one of "
                f"{', '.join(each.name for each in SETTINGS)}, or a code set such as ncci-ptp-practitioner."
            )
    # Add-on codes alone say nothing about a setting, unless they were asked for.
    needed = {part for each in asked for part in ((each.ptp, each.mue) if each.ptp or each.mue else (each.add_on,))}
    if not needed & set(loaded):
        wanted = asked[0].code_sets[0] if asked else "ncci-ptp-practitioner"
        raise HistoryError(
            f"No NCCI edits for {word} are loaded; load them with 'codeset update {wanted} --from PATH'."
        )
    return asked


_NAMES = frozenset(each.name for each in SETTINGS)
