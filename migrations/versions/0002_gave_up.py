"""An index on the mail that no server took, for the coordinator's desk."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("outcome = 'gave up'")
    op.create_index("ix_outbox_gave_up", "outbox", ["id"], postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    op.drop_index("ix_outbox_gave_up", "outbox")
