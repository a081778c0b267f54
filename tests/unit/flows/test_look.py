"""What a look says, and what is told when it fails."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("prefect", reason="Prefect is not installed; pip install -e '.[flows]'")

NOTHING: dict[str, list[str]] = {"left_out": [], "problems": []}
COMPARISON = {
    "code_set": "icd10cm",
    "compared": {
        "from": "FY2029",
        "to": "FY2030",
        "published_totals": {"added": 2, "deleted": 1, "revised": 3},
        "proven": True,
        "unexplained": 0,
        "note": "",
    },
    "assessed": {"files": 0, "findings": [], "effects": 0, "warnings": []},
    "report": {"workbook": "/srv/reports/x/report.xlsx"},
}


def test_a_look_says_in_one_line_that_nothing_is_new() -> None:
    from flows.look import said

    assert said("icd10cm", {"loaded": [], "comparisons": [COMPARISON], **NOTHING}) == "ICD-10-CM: nothing new."


def test_a_look_says_what_is_new_and_where_its_report_is() -> None:
    from flows.look import said

    assert said("icd10cm", {"loaded": ["FY2030"], "comparisons": [COMPARISON], **NOTHING}).splitlines() == [
        "ICD-10-CM: FY2030 loaded.",
        "ICD-10-CM FY2029 → FY2030: 2 added, 1 deleted, 3 revised billable codes.",
        "0 unexplained differences from the publisher's list.",
        "Workbook: /srv/reports/x/report.xlsx",
    ]


@pytest.mark.parametrize("event", ["failed", "crashed"])
def test_a_look_that_fails_or_is_killed_is_told(monkeypatch: pytest.MonkeyPatch, event: str) -> None:
    from prefect.client.schemas.objects import FlowRun
    from prefect.states import Crashed, Failed

    import flows.look as module

    told: list[Any] = []
    monkeypatch.setattr(module, "tell", lambda notice, _: told.append(notice))
    hooks = module.look.on_failure_hooks if event == "failed" else module.look.on_crashed_hooks
    run = FlowRun(flow_id="00000000-0000-0000-0000-000000000001", name="brave-otter", parameters={"code_set": "hcpcs"})
    message = "Flow run encountered an exception: SourceError: cms.gov answered 403; open it in a browser."
    state = (Failed if event == "failed" else Crashed)(message=message)
    (hook,) = hooks
    hook(module.look, run, state)
    (notice,) = told
    assert (notice.event, notice.code_set, notice.run) == (event, "hcpcs", "brave-otter")
    assert notice.text.endswith(" SourceError: cms.gov answered 403; open it in a browser.")


def test_a_deployment_is_of_the_installed_flow_and_never_overlaps_itself() -> None:
    from flows.deployments import deployment
    from flows.looks import looks_named

    (look,) = looks_named(["hcpcs"])
    made = deployment(look, {"home": "/srv/codesets"})
    assert (made.name, made.entrypoint, made.concurrency_limit) == ("hcpcs-cms", "flows.look.look", 1)
    assert made.parameters == {"code_set": "hcpcs", "origin": "cms", "home": "/srv/codesets"}
    assert [(item.schedule.cron, item.schedule.timezone) for item in made.schedules] == [
        (line, "America/New_York") for line in look.crons
    ]
