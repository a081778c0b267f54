"""Money at risk, in all and by department."""

from codeset_pipeline.impact.risk import amount_at_risk, by_department
from codeset_pipeline.model import Finding, Severity
from tests.unit.report.worlds import finding


def priced(line: int, amount: float | None, severity: Severity = Severity.WILL_DENY, **more: object) -> Finding:
    return finding(line, line=line, amount=amount, severity=severity, **more)


def test_a_price_counts_once_a_line_and_a_codes_usage_once_however_many_lines_name_it() -> None:
    prices = [priced(1, 100.0), priced(1, 100.0, kind="header"), priced(2, 50.0)]
    assert amount_at_risk(prices) == 150
    usage = [priced(line, 700.0, volume=7.0, code="B88.0") for line in (3, 4, 5)]
    assert amount_at_risk(usage) == 700
    assert amount_at_risk([*prices, *usage]) == 850


def test_only_what_denies_or_may_deny_is_at_risk_and_nothing_known_is_not_zero() -> None:
    harmless = [priced(1, 9.0, Severity.TEXT_ONLY), priced(2, 9.0, Severity.INFORMATION)]
    assert amount_at_risk(harmless) is None
    assert amount_at_risk([*harmless, priced(3, 1.5, Severity.MAY_DENY), priced(4, None)]) == 1.5


def test_departments_come_by_money_and_lines_without_one_last() -> None:
    found = by_department(
        [
            priced(1, 10.0, department="Lab"),
            priced(2, 999.0),
            priced(3, 500.0, department="Pharmacy", state="approved"),
            priced(4, None, Severity.TEXT_ONLY, department="Lab", state="deferred"),
        ]
    )
    assert [(each.department, each.findings, each.open, each.amount_at_risk) for each in found] == [
        ("Pharmacy", 1, 0, 500.0),
        ("Lab", 2, 2, 10.0),
        ("", 1, 1, 999.0),
    ]
    assert found[1].by_severity == {Severity.WILL_DENY: 1, Severity.TEXT_ONLY: 1}
