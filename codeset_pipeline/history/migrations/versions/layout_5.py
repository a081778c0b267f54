"""The first layout in PostgreSQL: releases, the effective-dated tables, crosswalks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = None


# As they were then: the tables of `history.schema` go on, a migration does not.
def _words(length: int) -> sa.String:
    return sa.String(length, collation="C")


_LONG = sa.Text(collation="C")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "crosswalk_pair",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("to_effective", sa.Date(), nullable=False),
        sa.Column("from_effective", sa.Date(), nullable=False),
        sa.Column("input_key", _words(64), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "to_effective"),
    )
    op.create_table(
        "crosswalk_row",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("to_effective", sa.Date(), nullable=False),
        sa.Column("source", _words(10), nullable=False),
        sa.Column("target", _words(10), nullable=False),
        sa.Column("relation", _words(20), nullable=False),
        sa.Column("equivalence", _words(40), nullable=False),
        sa.Column("evidence", _words(20), nullable=False),
        sa.Column("automatic_forward", sa.Boolean(), nullable=False),
        sa.Column("automatic_backward", sa.Boolean(), nullable=False),
        sa.Column("together_with", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("code_set", "to_effective", "source", "target"),
    )
    op.create_table(
        "hcpcs_code",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("code", _words(10), nullable=False),
        sa.Column("is_modifier", sa.Boolean(), nullable=False),
        sa.Column("long_description", _LONG, nullable=False),
        sa.Column("short_description", _LONG, nullable=False),
        sa.Column("pricing_indicators", _LONG, nullable=False),
        sa.Column("multiple_pricing_indicator", _LONG, nullable=False),
        sa.Column("cim_references", _LONG, nullable=False),
        sa.Column("mcm_references", _LONG, nullable=False),
        sa.Column("statute", _LONG, nullable=False),
        sa.Column("lab_certifications", _LONG, nullable=False),
        sa.Column("cross_references", _LONG, nullable=False),
        sa.Column("coverage", _LONG, nullable=False),
        sa.Column("asc_group", _LONG, nullable=False),
        sa.Column("asc_effective_date", sa.Date()),
        sa.Column("mog", _LONG, nullable=False),
        sa.Column("mog_policy", _LONG, nullable=False),
        sa.Column("mog_effective_date", sa.Date()),
        sa.Column("processing_note", _LONG, nullable=False),
        sa.Column("betos", _LONG, nullable=False),
        sa.Column("types_of_service", _LONG, nullable=False),
        sa.Column("anesthesia_units", sa.Integer()),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("published_to", sa.Date()),
        sa.Column("on_or_before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "code", "effective_from", "published_from"),
    )
    op.create_table(
        "icd10_code",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("code", _words(10), nullable=False),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("short_title", _LONG),
        sa.Column("long_title", _LONG, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("published_to", sa.Date()),
        sa.Column("on_or_before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "code", "effective_from", "published_from"),
    )
    op.create_table(
        "icd10_note",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("owner", _words(20), nullable=False),
        sa.Column("kind", _words(40), nullable=False),
        sa.Column("texts", _LONG, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("published_to", sa.Date()),
        sa.Column("on_or_before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "owner", "kind", "effective_from", "published_from"),
    )
    op.create_table(
        "icd10_poa_exempt",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("code", _words(10), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("published_to", sa.Date()),
        sa.Column("on_or_before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "code", "effective_from", "published_from"),
    )
    op.create_table(
        "meta",
        sa.Column("name", _words(40), nullable=False),
        sa.Column("value", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "ncci_add_on_edit",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("add_on_code", _words(10), nullable=False),
        sa.Column("primary_code", _words(10), nullable=False),
        sa.Column("edit_type", _words(1), nullable=False),
        sa.Column("add_on_deleted_on", sa.Date()),
        sa.Column("primary_deleted_on", sa.Date()),
        sa.Column("deleted_on", sa.Date()),
        sa.Column("notes", _LONG, nullable=False),
        sa.Column("missing_from", sa.Date()),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("published_to", sa.Date()),
        sa.Column("on_or_before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "add_on_code", "primary_code", "effective_from", "published_from"),
    )
    op.create_index(
        "ncci_add_on_edit_by_primary", "ncci_add_on_edit", ["code_set", "primary_code", "add_on_code"], unique=False
    )
    op.create_table(
        "ncci_mue_value",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("code", _words(10), nullable=False),
        sa.Column("mue_value", sa.Integer(), nullable=False),
        sa.Column("mai", _words(1), nullable=False),
        sa.Column("rationale", _LONG, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("published_to", sa.Date()),
        sa.Column("on_or_before", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "code", "effective_from", "published_from"),
    )
    op.create_table(
        "ncci_ptp_code",
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", _words(5), nullable=False),
        sa.PrimaryKeyConstraint("set_id", "code"),
    )
    op.create_table(
        "ncci_ptp_edit",
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column_1", _words(5), nullable=False),
        sa.Column("column_2", _words(5), nullable=False),
        sa.Column("effective_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("effective_to", sa.Integer()),
        sa.Column("published_to", sa.Integer()),
        sa.Column("modifier_indicator", sa.Integer(), nullable=False),
        sa.Column("prior_to_1996", sa.Integer(), nullable=False),
        sa.Column("rationale_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("set_id", "column_1", "column_2", "effective_from", "published_from"),
    )
    op.create_table(
        "ncci_ptp_missing",
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("column_1", _words(5), nullable=False),
        sa.Column("column_2", _words(5), nullable=False),
        sa.Column("effective_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("missing_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_from", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_to", sa.Integer()),
        sa.PrimaryKeyConstraint("set_id", "column_1", "column_2", "effective_from", "missing_from", "published_from"),
    )
    op.create_table(
        "ncci_ptp_rationale",
        sa.Column("rationale_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rationale", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("rationale_id"),
        sa.UniqueConstraint("rationale"),
    )
    op.create_table(
        "ncci_ptp_set",
        sa.Column("set_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_set", _words(40), nullable=False),
        sa.PrimaryKeyConstraint("set_id"),
        sa.UniqueConstraint("code_set"),
    )
    op.create_table(
        "release",
        sa.Column("code_set", _words(40), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("label", _words(20), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("state", _words(10), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("billable_rows", sa.Integer()),
        sa.Column("snapshot_hash", _words(64), nullable=False),
        sa.Column("snapshot_key", _words(16), nullable=False),
        sa.Column("stored_at", _words(32), nullable=False),
        sa.PrimaryKeyConstraint("code_set", "effective_from", "revision"),
    )
