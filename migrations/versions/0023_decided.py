"""What one person decided, the latest first, without a look at what others did."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decisions_account", "decisions", ["account_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_decisions_account", table_name="decisions")
