"""The tabular XML: hierarchy, notes, 7th characters, and what is refused."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.tabular_xml import (
    SeventhCharacter,
    TabularChapter,
    TabularNote,
    TabularSection,
    parse_tabular,
)

ENCOUNTERS = (
    "<sevenChrNote><note>The appropriate 7th character is to be added to each code from category S06</note>"
    '</sevenChrNote><sevenChrDef><extension char="A">initial encounter</extension>'
    '<extension char="D">subsequent encounter</extension><extension char="S">sequela</extension></sevenChrDef>'
)
NOT_AFTER_DEATH = (
    "<notes><note>7th characters D and S do not apply to codes in category S06 with 6th character 7 - death due to "
    "brain injury, or 8 - death due to other cause.</note></notes>"
)


def diag(name: str, desc: str, inside: str = "", attributes: str = "") -> str:
    return f"<diag{attributes}><name>{name}</name><desc>{desc}</desc>{inside}</diag>"


def document(diags: str, *, section: str = "", chapter: str = "", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{before}<ICD10CM.tabular><version>2026</version>'
        f"<introduction><introSection type='title'><title>How to use</title></introSection></introduction>"
        f"<chapter><name>19</name><desc>Injury  (S00-T88)</desc>{chapter}"
        f'<sectionIndex><sectionRef first="S00" last="S09" id="S00-S09">Head</sectionRef></sectionIndex>'
        f'<section id="S00-S09"><desc>Injuries to the head (S00-S09)</desc>{section}{diags}</section>'
        f"</chapter></ICD10CM.tabular>"
    ).encode()


def parse(diags: str, **more: str):
    return parse_tabular(document(diags, **more), "tabular.xml")


def codes(diags: str) -> list[tuple[str, bool]]:
    return [(code.code, code.billable) for code in parse(diags).codes]


def test_a_code_with_codes_below_it_is_a_header() -> None:
    tabular = parse(diag("A00", "Cholera", diag("A00.0", "Classical cholera") + diag("A00.9", "Cholera, unspecified")))
    assert [tuple(code) for code in tabular.codes] == [
        (1, "A00", False, "Cholera"),
        (2, "A000", True, "Classical cholera"),
        (3, "A009", True, "Cholera, unspecified"),
    ]
    assert tabular.version == "2026"
    assert tabular.chapters == [TabularChapter("19", "Injury", "S00", "T88")]
    assert tabular.sections == [TabularSection("S00-S09", "19", "Injuries to the head", "S00", "S09")]
    assert tabular.oddities == []


def test_a_category_without_codes_below_it_is_billable() -> None:
    assert codes(diag("B91", "Sequelae of poliomyelitis")) == [("B91", True)]


def test_seventh_characters_make_a_leaf_a_header_with_one_code_each_padded_with_x() -> None:
    tabular = parse(diag("S06", "Brain injury", ENCOUNTERS + diag("S06.1", "Cerebral edema")))
    assert [(code.code, code.billable, code.long_title) for code in tabular.codes] == [
        ("S06", False, "Brain injury"),
        ("S061", False, "Cerebral edema"),
        ("S061XXA", True, "Cerebral edema, initial encounter"),
        ("S061XXD", True, "Cerebral edema, subsequent encounter"),
        ("S061XXS", True, "Cerebral edema, sequela"),
    ]
    assert tabular.seventh_characters[0] == SeventhCharacter("S06", "A", "initial encounter")


def test_a_nearer_definition_overrides_the_inherited_one() -> None:
    own = '<sevenChrDef><extension char="B">open</extension></sevenChrDef>'
    below = diag("S12.0", "First vertebra", own) + diag("S12.1", "Second vertebra")
    assert codes(diag("S12", "Neck fracture", ENCOUNTERS + below)) == [
        ("S12", False),
        ("S120", False),
        ("S120XXB", True),
        ("S121", False),
        ("S121XXA", True),
        ("S121XXD", True),
        ("S121XXS", True),
    ]


def test_a_placeholder_is_a_header_like_others() -> None:
    below = diag("H21.1X", "Other vascular disorders", diag("H21.1X1", "right eye"), ' placeholder="true"')
    assert codes(diag("H21.1", "Other vascular disorders", below)) == [
        ("H211", False),
        ("H211X", False),
        ("H211X1", True),
    ]


DEADLY = diag("S06.1X7", "with death") + diag("S06.1X8", "with other death") + diag("S06.1X9", "unspecified")


def test_where_the_note_says_so_s06_has_no_later_encounters_after_death() -> None:
    billable = [code for code, flag in codes(diag("S06", "Brain", NOT_AFTER_DEATH + ENCOUNTERS + DEADLY)) if flag]
    assert billable == ["S061X7A", "S061X8A", "S061X9A", "S061X9D", "S061X9S"]


def test_without_the_note_s06_takes_every_7th_character() -> None:
    billable = [code for code, flag in codes(diag("S06", "Brain", ENCOUNTERS + DEADLY)) if flag]
    assert len(billable) == 9


def test_the_prohibition_holds_for_its_own_category_only() -> None:
    tabular = parse(
        diag("S06", "Brain", NOT_AFTER_DEATH + ENCOUNTERS + diag("S06.1X9", "x"))
        + diag("S07", "Crushing", ENCOUNTERS + diag("S07.1X7", "y"))
    )
    assert {"S071X7D", "S071X7S"} <= {code.code for code in tabular.codes}


def test_an_unknown_prohibition_is_reported_and_not_obeyed() -> None:
    note = "<notes><note>7th character S does not apply to codes in category S02</note></notes>"
    tabular = parse(diag("S02", "Skull", note + ENCOUNTERS + diag("S02.0", "Vault")))
    assert len(tabular.codes) == 5
    assert [oddity.what for oddity in tabular.oddities] == [
        "The note on S02 seems to bar 7th characters; expansion may be too wide."
    ]


def test_notes_belong_to_chapter_section_or_code_and_are_numbered_within_their_kind() -> None:
    inside = (
        "<inclusionTerm><note>Asiatic cholera</note></inclusionTerm>"
        "<useAdditionalCode><note>code for agent</note></useAdditionalCode>"
        "<useAdditionalCode><note> code for site </note></useAdditionalCode>"
    )
    tabular = parse(
        diag("A00.0", "Cholera", inside),
        section="<excludes1><note>typhoid (A01.0-)</note></excludes1>",
        chapter="<codeFirst><note>cause</note></codeFirst>",
    )
    assert tabular.notes == [
        TabularNote("chapter 19", "code_first", 1, "cause"),
        TabularNote("S00-S09", "excludes1", 1, "typhoid (A01.0-)"),
        TabularNote("A000", "inclusion_term", 1, "Asiatic cholera"),
        TabularNote("A000", "use_additional_code", 1, "code for agent"),
        TabularNote("A000", "use_additional_code", 2, "code for site"),
    ]


@pytest.mark.parametrize("tag", ["inclusionTerm", "codeAlso", "unheardOf", "diag", "sevenChrDef"])
def test_an_empty_tag_is_reported(tag: str) -> None:
    tabular = parse(diag("R11.16", "Cannabis hyperemesis syndrome", f"<{tag}/>"))
    assert [code.code for code in tabular.codes] == ["R1116"]
    (oddity,) = tabular.oddities
    assert "empty" in oddity.what
    assert "R11" in oddity.text


def test_an_empty_note_takes_no_number() -> None:
    tabular = parse(diag("A00.0", "Cholera", "<includes><note/><note>x</note></includes>"))
    assert tabular.notes == [TabularNote("A000", "includes", 1, "x")]
    assert [oddity.text for oddity in tabular.oddities] == ["under A00.0"]


def test_loose_text_and_unknown_attributes_are_reported() -> None:
    tabular = parse(diag("A00.0", "Cholera", "<includes><note>x</note>loose</includes>", ' colour="red"'))
    assert sorted(oddity.text for oddity in tabular.oddities) == ["colour='red'", "loose"]


def test_an_unknown_element_without_codes_is_reported_and_does_not_hold_up_the_release() -> None:
    tabular = parse(diag("A00", "Cholera", "<novelty>one <b>two</b></novelty>"))
    assert [code.code for code in tabular.codes] == ["A00"]
    assert [oddity.text for oddity in tabular.oddities] == ["one two"]


@pytest.mark.parametrize(
    ("diags", "found"),
    [
        ("<diag><desc>no name</desc></diag>", "<desc>no name"),
        ("<diag><name>A00</name></diag>", "<name>A00"),
        ("<diag><name>A00</name><desc> </desc></diag>", "<name>A00 <desc>"),
        (diag("A00.0", "x") + diag("A00.0", "y"), "A000"),
        (diag("A0", "x"), "A0"),
        (diag("A00", "x", "<novelty>" + diag("A00.0", "y") + "</novelty>"), "<novelty>"),
        (diag("A00", "<old>x</old><new>y</new>"), "<desc> with <old>"),
        (diag("A00", "x", '<sevenChrDef><extension char="AB">x</extension></sevenChrDef>'), "'AB' x"),
        (diag("A00", "x", '<sevenChrDef><extension char="A"/></sevenChrDef>'), "'A' "),
        (diag("A00", "x", ENCOUNTERS.replace('char="D"', 'char="A"')), "A00"),
        (diag("S06", "x", ENCOUNTERS + diag("S06.1X7A", "y")), "S061X7A"),
    ],
)
def test_what_is_not_in_the_schema_is_an_error_that_shows_it(diags: str, found: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(diags)
    assert caught.value.text == found
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        "<!-- " + "x" * 5000 + " --><!DOCTYPE x []>",
    ],
)
def test_external_entities_and_document_types_are_refused(before: str) -> None:
    with pytest.raises(ParseError, match="external entities") as caught:
        parse(diag("A00", "Cholera"), before=before)
    assert caught.value.line == 2


def test_a_document_type_in_utf16_is_refused_too() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY e "x">]><ICD10CM.tabular/>'
    with pytest.raises(ParseError, match="external entities"):
        parse_tabular(text.encode("utf-16"), "tabular.xml")


def test_a_file_cut_short_is_an_error() -> None:
    whole = document(diag("A00", "Cholera"))
    for end in (len(whole) // 3, len(whole) // 2, len(whole) - 3):
        with pytest.raises(ParseError, match="cut short"):
            parse_tabular(whole[:end], "tabular.xml")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"<html><body>moved</body></html>", "web page"),
        (b"<ICD10CM.index><version>2026</version></ICD10CM.index>", "root element"),
        (b"<ICD10CM.tabular><version>2026</version></ICD10CM.tabular>", "chapters and codes"),
        (b'<ICD10CM.tabular isAddenda="true"/>', "addenda"),
        (b"A000    Cholera\r\n", "well-formed"),
    ],
)
def test_another_document_is_an_error(data: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_tabular(data, "tabular.xml")
