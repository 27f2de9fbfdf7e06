"""Which marks are rows of a typed sheet, so that a device brings nobody again whom the sheet had already."""

from alembic import op
import sqlalchemy as sa

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attendance_marks", sa.Column("on_paper", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("attendance_marks", "on_paper")
