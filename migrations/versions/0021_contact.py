"""What a body's contact is, and that nobody changed it, follows from a commitment in the log: its salt."""

from alembic import op
import sqlalchemy as sa

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("contact_salt", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("organizations", "contact_salt")
