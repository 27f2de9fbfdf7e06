"""Leases bear their consultation: who has what open is found without a look at the contributions.

A lease lasts ten minutes, so none is carried over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _leases(sa.Column("consultation_id", sa.Integer(), nullable=False), _key("consultation_id", "consultations"))
    op.create_index("ix_leases", "leases", ["consultation_id", "until"])


def downgrade() -> None:
    op.drop_index("ix_leases", "leases")
    _leases()


def _leases(*more) -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.drop_table("leases")
    op.create_table(
        "leases",
        sa.Column("contribution_id", big, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        *more,
        _key("contribution_id", "contributions"),
        _key("account_id", "accounts"),
        sa.PrimaryKeyConstraint("contribution_id", name="pk_leases"),
    )


def _key(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_leases_{column}")
