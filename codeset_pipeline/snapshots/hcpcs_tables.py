"""The tables of a HCPCS Level II snapshot, after the publisher's record layout.

Lists are JSON texts, blank text is "", a blank date or number null. Modifiers stand beside the codes.
"""

from __future__ import annotations

from codeset_pipeline.snapshots.tables import Column, Table

# One row per code or modifier, as the release states it after its corrections so far.
HCPCS_CODES = Table(
    "hcpcs_codes",
    ("code",),
    (
        Column("code"),
        Column("is_modifier", "boolean"),
        Column("long_description"),
        Column("short_description"),
        Column("pricing_indicators"),
        Column("multiple_pricing_indicator"),
        Column("cim_references"),
        Column("mcm_references"),
        Column("statute"),
        Column("lab_certifications"),
        Column("cross_references"),
        Column("coverage"),
        Column("asc_group"),
        Column("asc_effective_date", "date"),
        Column("mog"),
        Column("mog_policy"),
        Column("mog_effective_date", "date"),
        Column("processing_note"),
        Column("betos"),
        Column("types_of_service"),
        Column("anesthesia_units", "integer"),
        Column("added_date", "date"),
        Column("action_effective_date", "date"),
        Column("termination_date", "date"),
        Column("action_code"),
    ),
)

# What makes up a code besides its dates of life and the publisher's last action on it.
HCPCS_ATTRIBUTES = tuple(
    name
    for name in HCPCS_CODES.column_names
    if name not in {"code", "added_date", "action_effective_date", "termination_date", "action_code"}
)

# The transaction report: what the publisher says has happened to each code. `action_codes` is a JSON list of letters.
HCPCS_TRANSACTIONS = Table(
    "hcpcs_transactions",
    ("code",),
    (Column("code"), Column("action_codes"), Column("action"), Column("short_description"), Column("long_description")),
)

# Corrections of this revision, and whether each could be applied.
HCPCS_CORRECTIONS = Table(
    "hcpcs_corrections",
    ("file", "row"),
    (
        Column("file"),
        Column("row", "integer"),
        Column("code"),
        Column("kind"),
        Column("action"),
        Column("effective_from", "date"),
        Column("applied", "boolean"),
    ),
)

# Codes for what no code names (not otherwise classified), and the processing notes that codes refer to.
HCPCS_NOC = Table(
    "hcpcs_noc",
    ("code", "row"),
    (
        Column("code"),
        Column("row", "integer"),
        Column("long_description"),
        Column("added_date", "date"),
        Column("termination_date", "date"),
    ),
)
HCPCS_PROCESSING_NOTES = Table("hcpcs_processing_notes", ("number",), (Column("number"), Column("text")))

HCPCS_TABLES = (HCPCS_CODES, HCPCS_TRANSACTIONS, HCPCS_CORRECTIONS, HCPCS_NOC, HCPCS_PROCESSING_NOTES)
