"""How much of a file could be read, and what the rest holds instead, so that nothing is skipped in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from codeset_pipeline.impact.mentions import Reading
from codeset_pipeline.impact.procedure_codes import CDT, CPT

_LONG_WORD = re.compile(r"[^\W\d_]{6,}(?:\s+[^\W\d_]+)*")
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")


def form_of(text: str) -> str:
    """The form of a text: `9` a digit, `A` a letter; prose is `text`."""
    short = _LONG_WORD.sub("\x00", " ".join(text.split()))
    form = _DIGIT.sub("9", _LETTER.sub("A", short)).replace("\x00", "text")
    return form if len(form) <= 40 else f"{form[:39]}…"


def forms_of(unrecognised: Mapping[str, int]) -> dict[str, int]:
    """The forms of unrecognised texts with how often, commonest first."""
    counts: Counter[str] = Counter()
    for text, times in unrecognised.items():
        counts[form_of(text)] += times
    return dict(counts.most_common())


def forms_text(unrecognised: Mapping[str, int]) -> str:
    """The commonest forms of many texts, as the end of a sentence; empty where the texts themselves say it."""
    forms = forms_of(unrecognised)
    if sum(forms.values()) < 10:
        return ""
    shown = ", ".join(f"{form} {times:,} times" for form, times in list(forms.items())[:6])
    more = f" and {len(forms) - 6} other forms" if len(forms) > 6 else ""
    return f" (by form, 9 a digit and A a letter: {shown}{more})"


def charge_notes(name: str, reading: Reading, loaded: Sequence[str]) -> Iterator[str]:
    """What people should know about the codes of a file that no release pair was given for."""
    found = reading.code_sets
    unheard = [code_set for code_set in ("hcpcs", "icd10cm", "icd10pcs") if found[code_set] and code_set not in loaded]
    for code_set in unheard:
        yield (
            f"{name}: {found[code_set]:,} lines hold {code_set} codes, which were not judged; add a pair of releases "
            f"(--code-set {code_set} FROM TO)."
        )
    licensed = [code_set for code_set in (CPT, CDT) if code_set not in loaded]
    if not any(code_set in loaded for code_set in found) and not unheard and any(found[each] for each in licensed):
        counts = " and ".join(f"{found[each]:,} of {each.upper()}" for each in licensed if found[each])
        yield f"{name} holds no code of {' or '.join(loaded)}, only {counts}, which are licensed and were not judged."
