"""Marks made at a door without internet: an undo names the mark that it takes back."""

from alembic import op
import sqlalchemy as sa

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attendance_marks", sa.Column("undoes", sa.String(), nullable=True))
    op.create_index("ix_attendance_marks_undoes", "attendance_marks", ["undoes"])


def downgrade() -> None:
    op.drop_index("ix_attendance_marks_undoes", "attendance_marks")
    op.drop_column("attendance_marks", "undoes")
