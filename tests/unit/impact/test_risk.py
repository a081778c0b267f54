"""Money at risk, in all and by department."""

from codeset_pipeline.impact.risk import amount_at_risk, by_department
from codeset_pipeline.model import Finding, Impact, Severity
from codeset_pipeline.report.summary import impact_sentences
from tests.unit.report.worlds import finding, report


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


def test_the_summary_says_what_is_at_risk_where_and_what_is_decided() -> None:
    findings = [
        priced(1, 1000.0, department="Pharmacy", state="approved"),
        priced(2, 20.5, department="Lab"),
        priced(3, 5.0),
    ]
    lines = impact_sentences(report(impact=Impact([], findings)))
    assert (
        "1,025.50 stands behind the lines that deny or may deny, most of it in Pharmacy (1,000.00), Lab (20.50)."
        in lines
    )
    assert "1 approved; 2 are undecided." in lines
    quiet = impact_sentences(report(impact=Impact([], [priced(1, None)])))
    assert not any("stands behind" in line or "undecided" in line for line in quiet)
