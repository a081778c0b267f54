"""The tables of the NCCI snapshots, after the layouts that CMS publishes.

A deletion date is the last day on which an edit holds; null means that it is in force. An edit whose deletion date is
its effective date, with modifier indicator 9, was never in force.
"""

from __future__ import annotations

from codeset_pipeline.snapshots.tables import Column, Table

# Procedure-to-procedure edits. A pair may be repeated with another effective date.
NCCI_PTP_EDITS = Table(
    "ncci_ptp_edits",
    ("column_1", "column_2", "effective_from"),
    (
        Column("column_1"),
        Column("column_2"),
        Column("effective_from", "date"),
        Column("deleted_on", "date"),
        Column("modifier_indicator"),
        Column("prior_to_1996", "boolean"),
        Column("rationale"),
    ),
    bulk=True,
)

# The publisher's own list of a quarter's PTP changes; `list` is `additions`, `deletions` or `indicator_changes`.
NCCI_PTP_LISTED_CHANGES = Table(
    "ncci_ptp_listed_changes",
    ("list", "column_1", "column_2", "row"),
    (
        Column("list"),
        Column("column_1"),
        Column("column_2"),
        Column("row", "integer"),
        Column("modifier_indicator"),
        # Blank where the list does not say.
        Column("old_modifier_indicator"),
    ),
)

# Medically unlikely edits: most units of a code that one claim line, or one day, may hold. `mai` is `1`, `2` or `3`,
# blank in the Medicaid files.
NCCI_MUE_VALUES = Table(
    "ncci_mue_values",
    ("code",),
    (Column("code"), Column("mue_value", "integer"), Column("mai"), Column("rationale")),
)

# Add-on codes and the primary codes they may stand beside; primary `CCCCC` is defined by the contractor.
NCCI_ADD_ON_EDITS = Table(
    "ncci_add_on_edits",
    ("add_on_code", "primary_code", "effective_from"),
    (
        Column("edit_type"),
        Column("add_on_code"),
        Column("add_on_deleted_on", "date"),
        Column("primary_code"),
        Column("primary_deleted_on", "date"),
        Column("effective_from", "date"),
        Column("deleted_on", "date"),
        Column("notes"),
    ),
)

NCCI_TABLES = (NCCI_PTP_EDITS, NCCI_PTP_LISTED_CHANGES, NCCI_MUE_VALUES, NCCI_ADD_ON_EDITS)
