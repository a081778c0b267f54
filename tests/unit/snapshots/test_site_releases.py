"""Releases from a publisher's site: what is got, what is left out, and what a re-post becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.acquire.licence import LicenceLog
from codeset_pipeline.acquire.records import Acquisition, AcquisitionLog
from codeset_pipeline.errors import GateError, RefusedBySite, SourceError, TransientSourceError, UsageError
from codeset_pipeline.pipeline import UpdateResult
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.intake import Intake
from codeset_pipeline.snapshots.intake_site import intake_from_site
from codeset_pipeline.snapshots.remote_releases import remote_releases
from codeset_pipeline.sources.definition import FilePattern, Source, source
from tests.generated_releases import retitled
from tests.mirror import Fault, Kind, Mirror, small

OLD, NEW = date(2028, 10, 1), date(2029, 10, 1)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace.at(tmp_path, f"sqlite:///{tmp_path / 'codeset.sqlite'}")


@pytest.fixture
def cms(mirror: Mirror) -> Iterator[Mirror]:
    small.post_icd10cm_at_cms(mirror)
    yield mirror


def _update(place: Workspace, site: str = "cms", **options: object) -> UpdateResult:
    return pipeline.update(place, "icd10cm", site, report=False, **{"everything": True, **options})  # type: ignore[arg-type]


def _records(place: Workspace, day: date) -> dict[str, Acquisition]:
    return {each.name: each for each in AcquisitionLog(place.acquisitions).of_release("icd10cm", day)}


def test_only_the_newest_release_is_got_unless_all_or_one_are_named(cms: Mirror, place: Workspace) -> None:
    assert [each.label for each in _update(place, everything=False).loaded] == ["FY2030"]
    assert not any("2029" in entry.path for entry in cms.requests.all)
    assert [each.label for each in _update(place, everything=False, release="FY2029").loaded] == ["FY2029"]


def test_files_that_are_not_read_are_not_fetched(cms: Mirror, place: Workspace) -> None:
    _update(place)
    assert not any(entry.path.endswith(".pdf") for entry in cms.requests.all)


def test_the_record_says_where_a_file_came_from_and_what_the_site_said(cms: Mirror, place: Workspace) -> None:
    _update(place)
    record = _records(place, NEW)["2030-code-descriptions-tabular-order.zip"]
    assert record.transport == "cms"
    assert record.url == f"{cms.cms_url}/files/zip/2030-code-descriptions-tabular-order.zip"
    assert record.last_modified == "Tue, 12 Jun 2029 12:00:00 GMT" and record.etag
    assert record.link_text == "2030 Code Descriptions in Tabular Order (ZIP)"
    assert (record.published, record.licence) == (date(2029, 6, 12), None)
    assert record.retrieved_at.endswith("+00:00")


def test_a_date_after_the_effective_one_only_says_that_the_site_moved_its_files(
    mirror: Mirror, place: Workspace
) -> None:
    content = small.descriptions(2029, small.FY2029)
    name = "2029-code-descriptions-tabular-order.zip"
    mirror.cms.post_icd10cm(2029, "Code Descriptions", name, content, small.at(2031, 5, 5))
    _update(place)
    assert _records(place, OLD)[name].published == OLD


def test_the_note_on_the_page_tells_when_a_file_was_posted(mirror: Mirror, place: Workspace) -> None:
    content = small.descriptions(2029, small.FY2029)
    name = "2029-code-descriptions-tabular-order.zip"
    mirror.cms.post_icd10cm(2029, "Descriptions", name, content, small.at(2031, 5, 5), note="Updated 07/09/2028")
    _update(place)
    assert _records(place, OLD)[name].published == date(2028, 7, 9)


def test_a_second_run_asks_by_condition_and_changes_nothing(cms: Mirror, place: Workspace) -> None:
    _update(place)
    cms.requests.forget()
    second = _update(place)
    assert second.loaded == () and all(item.new_files == () for item in second.acceptances)
    assert all(entry.is_conditional and entry.status == 304 for entry in cms.requests.all)


def test_a_repost_is_a_revision_whose_changes_are_corrections(cms: Mirror, place: Workspace) -> None:
    _update(place)
    path = "/files/zip/2030-code-descriptions-tabular-order.zip"
    cms.cms.repost(path, small.descriptions(2030, small.FY2030_CORRECTED, small.FY2029), small.at(2029, 8, 1))
    result = pipeline.update(place, "icd10cm", "cms", everything=True)
    assert [(each.label, each.revision, each.published) for each in result.loaded] == [("FY2030", 1, date(2029, 8, 1))]
    pair = next(item.pair for item in result.reported if item.pair.from_release.label == item.pair.to_release.label)
    assert (pair.from_release.revision, pair.to_release.revision) == (0, 1)
    assert {(change.code, str(change.kind)) for change in pair.changes} == {("A021", "corrected")}
    third = _update(place)
    assert third.loaded == ()


def test_the_same_content_posted_again_is_nothing(cms: Mirror, place: Workspace) -> None:
    _update(place)
    path = "/files/zip/2030-code-descriptions-tabular-order.zip"
    cms.cms.repost(path, cms.cms.files[path].content, small.at(2029, 8, 1))
    again = _update(place)
    assert again.loaded == () and _records(place, NEW)[path.rsplit("/", 1)[-1]].published == date(2029, 6, 12)


def test_two_reposts_follow_each_other_even_with_the_date_of_the_first(cms: Mirror, place: Workspace) -> None:
    path = "/files/zip/2029-code-descriptions-tabular-order.zip"
    # The day on which the program fetched it must count, so the release has to lie in the past.
    cms.cms.clear()
    cms.cms.post_icd10cm(2019, "Descriptions", path.replace("2029", "2019"), _fy2019(), small.at(2018, 6, 12))
    _update(place)
    corrected = small.icd10.archive(
        small.icd10.release_members(2019, retitled(small.FY2029, "A021", "Mended")), (2018, 6, 10)
    )
    cms.cms.repost(path.replace("2029", "2019"), corrected, small.at(2018, 6, 12))
    loaded = _update(place).loaded
    assert [(each.label, each.revision) for each in loaded] == [("FY2019", 1)]
    assert loaded[0].published > date(2025, 1, 1)


def test_a_correction_of_a_file_that_was_saved_by_hand_is_never_put_before_it(
    cms: Mirror, place: Workspace, tmp_path: Path
) -> None:
    # By hand nobody knows when the first was posted, so its effective date stands for it.
    saved = cms.save(tmp_path / "saved", "cms") / "2030-code-descriptions-tabular-order.zip"
    pipeline.update(place, "icd10cm", saved, report=False)
    corrected = small.descriptions(2030, small.FY2030_CORRECTED, small.FY2029)
    path = "/files/zip/2030-code-descriptions-tabular-order.zip"
    cms.cms.repost(path, corrected, small.at(2029, 8, 1))
    assert "nothing tells which was posted later" in _update(place).problems[0]
    told = _update(place, everything=False, release="FY2030", published=date(2029, 10, 2))
    assert [(each.label, each.revision) for each in told.loaded][-1] == ("FY2030", 1)


def _fy2019() -> bytes:
    return small.icd10.archive(small.icd10.release_members(2019, small.FY2029), (2018, 6, 10))


def test_the_same_files_from_a_path_give_the_same_snapshots(cms: Mirror, place: Workspace, tmp_path: Path) -> None:
    folder = cms.save(tmp_path / "saved", "cms")
    other = Workspace.at(tmp_path / "other", f"sqlite:///{tmp_path / 'other.sqlite'}")
    from_path = pipeline.update(other, "icd10cm", folder, everything=True, report=False).loaded
    from_site = _update(place).loaded
    assert [(x.label, x.snapshot_hash) for x in from_site] == [(x.label, x.snapshot_hash) for x in from_path]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Kind.MISSING, "is not there (404)"),
        (Kind.HTML, "is answered with an HTML page instead of the file"),
        (Kind.LICENCE_PAGE, "is answered with a page of terms to accept"),
        (Kind.NOT_A_ZIP, "is not a complete zip"),
        (Kind.AWAY, "has moved to http://elsewhere.invalid/file.zip"),
    ],
)
def test_a_file_that_cannot_be_had_ends_with_its_address_and_the_command_to_import_it(
    cms: Mirror, place: Workspace, kind: Kind, says: str
) -> None:
    path = "/files/zip/2029-code-descriptions-tabular-order.zip"
    cms.fail(Fault(kind, path=path, times=None))
    result = _update(place)
    # The other release is loaded all the same.
    assert [each.label for each in result.loaded] == ["FY2030"]
    assert len(result.problems) == 1
    problem = result.problems[0]
    assert says in problem
    assert f"open {cms.cms_url}{path} in a browser" in problem
    assert problem.endswith("codeset update icd10cm --from PATH --release FY2029")


def test_a_site_that_refuses_is_asked_nothing_more_and_what_is_complete_is_loaded(
    cms: Mirror, place: Workspace
) -> None:
    cms.fail(Fault(Kind.FORBIDDEN, path="*2030-code*", times=None))
    result = _update(place)
    assert [each.label for each in result.loaded] == ["FY2029"]
    assert "does not let the program in (403" in result.problems[0]
    assert cms.requests.all[-1].path.endswith("2030-code-descriptions-tabular-order.zip")


def test_a_page_that_cannot_be_read_names_itself_and_the_way_by_hand(cms: Mirror, place: Workspace) -> None:
    page = f"{cms.cms_url}/medicare/coding-billing/icd-10-codes"
    cms.fail(Fault(Kind.FORBIDDEN, path="*icd-10-codes", times=None))
    with pytest.raises(RefusedBySite, match=re.escape(f"open {page} in a browser")):
        _update(place)
    cms.heal()
    cms.fail(Fault(Kind.UNAVAILABLE, path="*icd-10-codes", times=None))
    with pytest.raises(TransientSourceError, match="run the command again later"):
        _update(place)


def test_a_release_that_the_gate_refuses_does_not_hold_up_the_others(cms: Mirror, place: Workspace) -> None:
    few = small.icd10.archive({"icd10cm_order_2029.txt": b"not an order file\r\n"}, (2028, 6, 10))
    cms.cms.repost("/files/zip/2029-code-descriptions-tabular-order.zip", few, small.at(2028, 6, 12))
    result = _update(place)
    assert [each.label for each in result.loaded] == ["FY2030"]
    assert "icd10cm_order_2029.txt, line 1" in result.problems[0]
    good = small.descriptions(2029, small.FY2029)
    cms.cms.repost("/files/zip/2029-code-descriptions-tabular-order.zip", good, small.at(2028, 6, 12))
    assert [each.label for each in _update(place).loaded] == ["FY2029"]


def test_when_nothing_that_was_got_is_accepted_the_run_has_failed(mirror: Mirror, place: Workspace) -> None:
    bad = small.icd10.archive({"icd10cm_order_2029.txt": b"not an order file\r\n"}, (2028, 6, 10))
    name = "2029-code-descriptions-tabular-order.zip"
    mirror.cms.post_icd10cm(2029, "Code Descriptions", name, bad, small.at(2028, 6, 12))
    with pytest.raises(GateError, match="line 1"):
        _update(place)


def test_another_release_under_the_name_is_refused(cms: Mirror, place: Workspace) -> None:
    other = small.descriptions(2030, small.FY2030, small.FY2029)
    cms.cms.repost("/files/zip/2029-code-descriptions-tabular-order.zip", other, small.at(2028, 6, 12))
    problem = _update(place).problems[0]
    assert "name fiscal year 2029 and 2030 at once" in problem


def test_a_file_without_what_its_name_promises_is_refused(cms: Mirror, place: Workspace) -> None:
    cms.cms.repost("/files/zip/2029-code-descriptions-tabular-order.zip", small.conversion(2029), small.at(2028, 6, 12))
    assert "is named for the code descriptions and holds: conversion_table" in _update(place).problems[0]


def test_a_renamed_link_is_told_with_the_nearest_ones(mirror: Mirror, place: Workspace) -> None:
    small.post_icd10cm_at_cms(mirror)
    mirror.cms.unlink("/files/zip/2030-code-descriptions-tabular-order.zip")
    problem = _update(place).problems[0]
    assert "no link to ICD-10-CM FY2030 code descriptions" in problem
    assert "2029 Code Descriptions in Tabular Order (ZIP)" in problem
    with pytest.raises(SourceError, match="no link to ICD-10-CM FY2041 code descriptions"):
        _update(place, everything=False, release="FY2041")


def test_a_listing_that_states_another_size_is_believed_over_the_file(mirror: Mirror, place: Workspace) -> None:
    small.post_icd10cm_at_cdc(mirror)
    mirror.fail(Fault(Kind.TRUNCATED, path="*CONVERSION*", times=1))
    problem = _update(place, "cdc").problems[0]
    assert "bytes where its directory says" in problem
    assert _update(place, "cdc").problems == ()


def test_a_site_that_does_not_publish_a_code_set_is_misuse(place: Workspace) -> None:
    with pytest.raises(UsageError, match="use --from cms or PATH"):
        pipeline.update(place, "hcpcs", "cdc")


def test_what_is_on_offer_and_what_of_it_is_here(cms: Mirror, place: Workspace) -> None:
    before = remote_releases(place, "icd10cm", "cms", pipeline.silent)
    assert [(each["release"], each["state"], each["loaded"]) for each in before] == [
        ("FY2029", "partial", False),
        ("FY2030", "partial", False),
    ]
    _update(place, everything=False)
    after = {each["release"]: each for each in remote_releases(place, "icd10cm", "cms", pipeline.silent)}
    assert after["FY2029"]["missing_here"] is None
    assert after["FY2030"]["missing_here"] == ["tabular list", "list of POA-exempt codes"]
    assert {file["component"]: file["here"] for file in after["FY2030"]["files"]} == {
        "code_descriptions": True,
        "conversion_table": True,
        "guidelines_pdf": False,
    }


def _ptp() -> Source:
    """A source that knows the names of PTP files, to look at the gate before them."""
    text = FilePattern("ptp_text_1", re.compile(r"ccipra-v\d{3}r\d-f\d\.txt"), None, None)
    changes = FilePattern("ptp_additions_text", re.compile(r"mcr_ncci_additions.*\.txt"), None, None)
    return replace(source("hcpcs"), code_set="ncci-ptp-practitioner", files=(text, changes), title="PTP edits")


def _intake(place: Workspace) -> Intake:
    return intake_from_site(place, _ptp(), "cms", None, True, pipeline.silent)


def test_nothing_is_asked_of_a_gate_before_its_terms_are_accepted(mirror: Mirror, place: Workspace) -> None:
    small.post_ncci(mirror)
    intake = _intake(place)
    assert (intake.files, intake.problems) == ([], [])
    (said,) = intake.left_out
    assert f"read them at {mirror.cms_url}/license/ama and run: codeset licence accept ama" in said
    assert "--from PATH --release" in said
    assert not any("license" in entry.path or "-f1.zip" in entry.path for entry in mirror.requests.all)


def test_after_acceptance_gated_files_are_got_and_say_who_accepted(mirror: Mirror, place: Workspace) -> None:
    small.post_ncci(mirror)
    LicenceLog(place.licences).accept("ama", "A. Coder", f"{mirror.cms_url}/license/ama")
    intake = _intake(place)
    gated = {item.recognised.name: item for item in intake.files if "ccipra" in item.recognised.name}
    assert sorted(gated) == [
        "medicare-ncci-2029q1-practitioner-ptp-edits-ccipra-v350r0-f1.zip",
        "medicare-ncci-2029q1-practitioner-ptp-edits-ccipra-v350r0-f2.zip",
    ]
    for item in gated.values():
        assert item.delivery is not None and "accepted by A. Coder" in str(item.delivery.licence)
        assert "(4 Records)" in item.delivery.link_text
        assert item.open().read_member(item.recognised.files[0].path).startswith(b"CPT only copyright")
    mirror.requests.forget()
    _intake(place)
    assert all(entry.is_conditional for entry in mirror.requests.all)


def test_a_table_in_several_files_is_handed_on_whole_or_not_at_all(mirror: Mirror, place: Workspace) -> None:
    small.post_ncci(mirror)
    LicenceLog(place.licences).accept("ama", "A. Coder", f"{mirror.cms_url}/license/ama")
    mirror.fail(Fault(Kind.MISSING, path="*-f2.zip", times=None))
    with pytest.raises(SourceError, match=r"-f2\.zip.* is not there \(404\)"):
        _intake(place)
    mirror.heal()
    assert len([item for item in _intake(place).files if "ccipra" in item.recognised.name]) == 2
