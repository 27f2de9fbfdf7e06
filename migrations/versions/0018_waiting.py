"""What waits for a person is counted by theme and channel, so that the queue's figures are its rows."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO tally (consultation_id, dimension, value, day, theme, kind, status, confirmed, n)"
        " SELECT c.consultation_id, 'waiting', c.channel, '', COALESCE(t.slug, ''), c.kind, c.status, false, count(*)"
        " FROM contributions c LEFT JOIN themes t ON t.id = c.theme_id WHERE c.awaiting_review"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    )


def downgrade() -> None:
    op.execute("DELETE FROM tally WHERE dimension = 'waiting'")
