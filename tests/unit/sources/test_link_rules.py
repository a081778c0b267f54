"""The link rules are data that people edit: what one part of them says, the others must know."""

from __future__ import annotations

from pathlib import Path

import pytest

import codeset_pipeline.sources
from codeset_pipeline.sources.definition import code_sets, source
from codeset_pipeline.sources.link_rules import LinkRules, all_rules, licences, offered_code_sets, rules_for, sites
from codeset_pipeline.sources.offers import plays

RULES = [pytest.param(rules, id=rules.name) for rules in all_rules()]


@pytest.mark.parametrize("rules", RULES)
def test_every_name_in_the_rules_is_defined(rules: LinkRules) -> None:
    assert rules.site in sites()
    assert rules.calendar in {"fiscal_year", "quarter", "quarter_of_date", "none"}
    assert {link.code_set for link in rules.links} <= set(rules.code_sets)
    assert set(rules.words) <= set(rules.code_sets)
    components = {(link.code_set, link.component) for link in rules.links}
    assert {link.licence for link in rules.links} - {""} <= set(licences())
    assert {(link.code_set, link.spared_by) for link in rules.links if link.spared_by} <= components
    for part in rules.parts:
        assert {(part.code_set, component) for component in part.components} <= components
        fetched = {link.component for link in rules.links if link.fetch and link.code_set == part.code_set}
        assert set(part.components) <= fetched, "a part that is never fetched would always be missing"


@pytest.mark.parametrize("rules", RULES)
def test_every_code_set_with_links_has_a_core(rules: LinkRules) -> None:
    linked = {link.code_set for link in rules.links}
    assert linked == {part.code_set for part in rules.parts if part.core}


def test_the_roles_of_the_parts_are_roles_of_the_sources() -> None:
    for code_set in code_sets():
        roles = {pattern.role.replace("{part}", "1") for pattern in source(code_set).files}
        for rules in all_rules():
            for part in rules.parts:
                if part.code_set == code_set:
                    assert any(plays(role, part) for role in roles), (code_set, part)


def test_every_code_set_of_the_program_is_offered_somewhere() -> None:
    assert set(code_sets()) <= set(offered_code_sets())
    assert rules_for("icd10cm", "cdc") is not None and rules_for("icd10pcs", "cdc") is None


def test_every_file_of_rules_is_read() -> None:
    folder = Path(codeset_pipeline.sources.__file__).parent / "links"
    names = {path.stem for path in folder.glob("*.yaml")} - {"sites"}
    assert names == {rules.name for rules in all_rules()}
