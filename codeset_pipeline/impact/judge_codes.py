"""A single code in an asset against one release pair: what happened to it, and what to do.

A code that is in neither release but in another loaded one is reported as `deleted`: the line is dead already. It is
dated to the day after its last valid one where the publisher states that, else to the older release. A code that is
still valid in the newer release but has an end announced is `deleted` from the day after that. A header where a
billable code must stand has the kind `header`.

A revision of a HCPCS code is a matter of text only where its descriptions changed; what else its row says (pricing, ASC
group, …) is for information, except coverage, on which payment hangs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from codeset_pipeline.codes import printed
from codeset_pipeline.impact.expressions import Expression, Form
from codeset_pipeline.impact.replacements import Replacement, billable_under, carved_out_of, replacement_of
from codeset_pipeline.impact.verdicts import CARVED_OUT, HEADER, NEVER_EXISTED, Verdict
from codeset_pipeline.impact.vocabulary import PairCodes
from codeset_pipeline.impact.wording import day, fields_text, listed, replace_action, titles_text, unit_warning
from codeset_pipeline.model import Change, ChangeKind, Severity

_ENDED = (ChangeKind.DELETED, ChangeKind.AGED_OUT, ChangeKind.WITHDRAWN)
_BEGAN = (ChangeKind.REUSED, ChangeKind.REACTIVATED, ChangeKind.ADDED)
_TEXTS = (ChangeKind.REVISED, ChangeKind.CORRECTED)
_TOLD = frozenset({*_ENDED, *_BEGAN, *_TEXTS, ChangeKind.BECAME_HEADER, ChangeKind.BECAME_BILLABLE})
#: What a change of a HCPCS row says of the publisher's action, and the fields that are its text.
_ACTION = frozenset({"action_code", "action_effective_date"})
_DESCRIPTIONS = frozenset({"long_description", "short_description"})
#: A header over more codes than this is too broad for its codes to be candidates.
_MOST_CANDIDATES = 20


def judge_code(
    codes_of: PairCodes, code: str, *, excluded: bool = False, must_be_billable: bool = False
) -> list[Verdict]:
    """What happened to a code of the pair's code set between the two releases; empty when nothing did.

    Args:
        excluded: the code is an exclusion of a rule.
        must_be_billable: the asset's codes go on claims as they stand.
    """
    changes = codes_of.pair.changes_of.get(code, [])
    if (
        not changes
        and not carved_out_of(codes_of, code)
        and codes_of.pair.before.get(code)
        and codes_of.pair.after.get(code)
    ):
        return []
    return list(_Case(codes_of, code, printed(codes_of.code_set, code), changes, excluded).verdicts(must_be_billable))


def judge_unknown(codes_of: PairCodes, expression: Expression) -> Verdict:
    """A reference to nothing that any loaded release has: mistyped, or of a release that is not loaded."""
    code = expression.low if expression.form is Form.CODE else expression.text
    shown = printed(codes_of.code_set, code)
    detail = "It is written like a code but stands for none of any loaded release."
    if codes_of.code_set == "hcpcs" and expression.form is Form.CODE:
        detail += " It may be mistyped, have ended before the first loaded release or begin after the last."
    return Verdict(
        shown,
        NEVER_EXISTED,
        codes_of.pair.from_release.effective_from,
        Severity.MAY_DENY,
        f"Correct or remove {shown}; no loaded release has such a code.",
        detail=detail,
        members=(code,),
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One code in one pair; `shown` is the code as printed."""

    codes_of: PairCodes
    code: str
    shown: str
    changes: Sequence[Change]
    excluded: bool

    def verdicts(self, must_be_billable: bool) -> Iterator[Verdict]:
        was, now = self.codes_of.pair.before.get(self.code), self.codes_of.pair.after.get(self.code)
        if was is None and now is None and self._not_begun():
            yield self._new(self._change(_BEGAN))
        elif was is None and now is None:
            yield self._dead_before()
        elif now is None:
            # A header never stood on a claim itself, but what it stood for changes.
            yield self._ended(self._change(_ENDED), ChangeKind.DELETED, may=not was)
        elif was and not now:
            yield self._ended(self._change((ChangeKind.BECAME_HEADER,)), ChangeKind.BECAME_HEADER)
        else:
            if was is None:
                yield self._new(self._change(_BEGAN))
            elif self._change((ChangeKind.REUSED,)):
                yield self._reused(self._change((ChangeKind.REUSED,)))
            elif now and not was:
                since = self._since(self._change((ChangeKind.BECAME_BILLABLE,)))
                action = f"Nothing must change; {self.shown} may itself be reported from {day(since)}."
                yield self._verdict(ChangeKind.BECAME_BILLABLE, since, Severity.INFORMATION, action)
            elif self._change((ChangeKind.DELETED,)):
                yield self._ended(self._change((ChangeKind.DELETED,)), ChangeKind.DELETED)
            elif (ends := self._moved_end()) is not None:
                yield self._ended(ends, ChangeKind.DELETED)
            yield from self._texts()
            if not now and must_be_billable and not self.excluded:
                yield self._header()
            yield from self._carved_out()
        if now or not was:
            # What else changed for a code that may no longer be reported is nobody's work.
            yield from self._notes()

    def _ended(self, change: Change | None, kind: ChangeKind, may: bool = False) -> Verdict:
        since = self._since(change)
        found = replacement_of(self.codes_of, self.code)
        action = replace_action(self._named(), found, since, excluded=self.excluded)
        parts = [titles_text(change)]
        if kind is ChangeKind.BECAME_HEADER:
            parts.append(f"In {self.codes_of.pair.to_release.label} it is a header and may not be reported.")
        severity = Severity.MAY_DENY if may or self.excluded else Severity.WILL_DENY
        if change is not None and change.kind in _ENDED:
            kind = change.kind
        return self._verdict(kind, since, severity, action, (*parts, *found.remarks), found)

    def _dead_before(self) -> Verdict:
        pair, found = self.codes_of.pair, replacement_of(self.codes_of, self.code)
        by = f" by {listed(found.candidates)}" if found.candidates else ""
        what = "Replace" if by else "Replace or remove"
        last = pair.days.get(self.code, (None, None))[1]
        title = titles_text(self._change(tuple(ChangeKind)))
        if last is not None:
            since = last + timedelta(days=1)
            action = f"{what} {self._named()}{by} now; its last valid day was {day(last)}."
            where = f"It had ended when {pair.from_release.label} took effect."
            if last >= pair.from_release.effective_from:
                where = f"It came and ended between {pair.from_release.label} and {pair.to_release.label}."
        else:
            since = pair.from_release.effective_from
            action = f"{what} {self._named()}{by} now; it is not valid in {pair.from_release.label} either."
            where = (
                f"It is in neither {pair.from_release.label} nor {pair.to_release.label}, "
                "only in another loaded release."
            )
        severity = Severity.MAY_DENY if self.excluded else Severity.WILL_DENY
        action += unit_warning(found)
        return self._verdict(ChangeKind.DELETED, since, severity, action, (title, where, *found.remarks), found)

    def _named(self) -> str:
        return f"modifier {self.shown}" if len(self.code) == 2 else self.shown

    def _not_begun(self) -> bool:
        """A code that the newer release announces for a day after its own."""
        first = self.codes_of.pair.days.get(self.code, (None, None))[0]
        return first is not None and first > self.codes_of.pair.to_release.effective_from

    def _moved_end(self) -> Change | None:
        """A revision by which an announced end was moved, dated to the day after the new end."""
        for change in self.changes:
            if change.kind in _TEXTS and "termination_date" in change.fields:
                last = self.codes_of.pair.days.get(self.code, (None, None))[1]
                return None if last is None else replace(change, effective_from=last + timedelta(days=1))
        return None

    def _new(self, change: Change | None) -> Verdict:
        since = self._since(change)
        kind = change.kind if change else ChangeKind.ADDED
        action = f"Use {self.shown} only from {day(since)} on; it is not valid before."
        severity = Severity.MAY_DENY if kind is ChangeKind.REUSED else Severity.INFORMATION
        return self._verdict(kind, since, severity, action, (titles_text(change),))

    def _reused(self, change: Change | None) -> Verdict:
        since = self._since(change)
        action = f"Check {self.shown}, which has another meaning from {day(since)}; a person must decide."
        return self._verdict(ChangeKind.REUSED, since, Severity.MAY_DENY, action, (titles_text(change),))

    def _texts(self) -> Iterator[Verdict]:
        for kind in _TEXTS:
            found = [change for change in self.changes if change.kind is kind]
            if found:
                since = min(change.effective_from for change in found)
                severity, action = self._revised(found, since)
                detail = (
                    *(f"{fields_text(change)}." for change in found),
                    *replacement_of(self.codes_of, self.code).remarks,
                )
                yield self._verdict(kind, since, severity, action, detail)

    def _revised(self, changes: Sequence[Change], since: date) -> tuple[Severity, str]:
        """How grave a revision is, and what to do about it."""
        fields = {name for change in changes for name in change.fields} - _ACTION
        when = f"from {day(since)}"
        if self.codes_of.code_set == "hcpcs" and "coverage" in fields:
            return Severity.MAY_DENY, f"Check who pays for {self._named()} {when}; its coverage changed."
        if self.codes_of.code_set == "hcpcs" and fields and not fields & _DESCRIPTIONS:
            what = ", ".join(sorted(name.replace("_", " ") for name in fields))
            return Severity.INFORMATION, f"Read what changed for {self._named()} {when} ({what}); its text stays."
        return Severity.TEXT_ONLY, f"Update the wording of {self._named()} {when}; the code itself stays valid."

    def _carved_out(self) -> Iterator[Verdict]:
        """New codes that were taken out of this one, which itself stays valid."""
        new = carved_out_of(self.codes_of, self.code)
        if new:
            since = self._since(None)
            verb = "excluding" if self.excluded else "adding"
            action = f"Consider {verb} {listed(new, 'and')} beside {self._named()} from {day(since)}."
            detail = (f"Taken out of {self.shown}, which stays valid, so claims may now carry the new code instead.",)
            yield self._verdict(CARVED_OUT, since, Severity.INFORMATION, action, detail, Replacement(new))

    def _header(self) -> Verdict:
        pair = self.codes_of.pair
        under = billable_under(self.codes_of, self.code)
        candidates = tuple(printed(self.codes_of.code_set, code) for code in under)
        action = f"Replace {self.shown}, a header that may not be reported, by one of the {len(under)} codes under it."
        shown = candidates if len(candidates) <= _MOST_CANDIDATES else ()
        detail = (f"Billable codes under it: {listed(candidates, 'and')}.",) if candidates else ()
        found = Replacement(shown)
        return self._verdict(HEADER, pair.from_release.effective_from, Severity.MAY_DENY, action, detail, found)

    def _notes(self) -> Iterator[Verdict]:
        """Changes of instruction notes and of other facts beside code and title, one verdict a kind."""
        for kind in dict.fromkeys(change.kind for change in self.changes):
            if kind not in _TOLD:
                found = [change for change in self.changes if change.kind is kind]
                since = min(change.effective_from for change in found)
                what = kind.replace("_", " ").replace("poa exempt", "POA exemption")
                action = f"Read what changed for {self.shown} from {day(since)} ({what}) before using it."
                yield self._verdict(kind, since, Severity.INFORMATION, action, tuple(map(fields_text, found)))

    def _change(self, kinds: Sequence[ChangeKind]) -> Change | None:
        return next((change for change in self.changes if change.kind in kinds), None)

    def _since(self, change: Change | None) -> date:
        if change is not None:
            return change.effective_from
        first, newer = self.codes_of.pair.days.get(self.code, (None, None))[0], self.codes_of.pair.to_release
        return first if first is not None and first > newer.effective_from else newer.effective_from

    def _verdict(
        self,
        kind: str,
        since: date,
        severity: Severity,
        action: str,
        detail: Sequence[str] = (),
        found: Replacement | None = None,
    ) -> Verdict:
        text = " ".join(part for part in detail if part)
        by = found or Replacement()
        units = "; ".join(by.unit_changes)
        return Verdict(
            self.shown,
            str(kind),
            since,
            severity,
            action,
            by.candidates,
            text,
            (self.code,),
            by.automatic,
            by.suggested,
            units,
        )
