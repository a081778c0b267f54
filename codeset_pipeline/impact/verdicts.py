"""What one release pair says about one reference, before it is tied to a line of an asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from codeset_pipeline.model import Severity

#: Kinds of finding beside the kinds of change. `header`: a header stands where a billable code must. `carved_out`: a
#: new code was taken out of the one named.
NEVER_EXISTED, HEADER, GAINED, LOST = "never_existed", "header", "gained", "lost"
CARVED_OUT = "carved_out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding without its line.

    Attributes:
        code: the code as printed, or the expression.
        members: codes without dot whose usage hangs on it.
        automatic: the one candidate may take the code's place without a person looking.
        suggested: codes that only read alike; unit_change: how the billing unit of a candidate differs.
    """

    code: str
    kind: str
    effective_from: date
    severity: Severity
    action: str
    candidates: tuple[str, ...] = ()
    detail: str = ""
    members: tuple[str, ...] = ()
    automatic: bool = False
    suggested: tuple[str, ...] = ()
    unit_change: str = ""
