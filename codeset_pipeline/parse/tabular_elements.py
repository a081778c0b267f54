"""What the elements and attributes of the tabular XML are, after the publisher's schema (`icd10cm_tabular.xsd`).

Every element of a file is either parsed or named here as left out. One that is neither is an oddity on the report, and
stops the run when codes hang below it.
"""

from __future__ import annotations

NOTE_KINDS = {
    "includes": "includes",
    "inclusionTerm": "inclusion_term",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional_code",
    "codeAlso": "code_also",
    "notes": "notes",
    "sevenChrNote": "seventh_character_note",
}
"""Elements of notes, and the kind that their notes are given."""

SEVENTH_CHARACTERS = "sevenChrDef"

IGNORED = {
    "title": "the document's heading",
    "introduction": "how to read the printed book",
    "sectionIndex": "a chapter's table of contents; the sections say it again",
    "visualImpairment": "a table of visual acuity under H54, for choosing among its codes",
    "deactivated": "a place where a code once stood",
}
"""Elements that are left out with all that is in them, and what they are."""

ATTRIBUTES = {
    "ICD10CM.tabular": {"isAddenda"},
    "section": {"id", "oldid"},
    "diag": {"placeholder"},
    "extension": {"char"},
}
"""Attributes that may occur outside the elements left out. `placeholder` marks a header whose code ends in a filling
X; it is a header like others. `oldid` names the section's previous range."""
