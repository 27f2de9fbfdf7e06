"""When and in which order contributions were published, for the feeds. A day and a place: no time of day is kept."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from alembic import op
import sqlalchemy as sa

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SHOWN = sa.text("status = 'published'")
FEEDS = {"ix_feed": ["consultation_id"], "ix_feed_theme": ["consultation_id", "theme_id"]}


def upgrade() -> None:
    op.add_column("contributions", sa.Column("published_on", sa.Date()))
    op.add_column("contributions", sa.Column("published_order", sa.Integer()))
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        day = "CAST(MIN(d.decided_at) AT TIME ZONE s.timezone AS date)"
    else:
        bind.connection.driver_connection.create_function("local_day", 2, _local_day, deterministic=True)
        day = "local_day(MIN(d.decided_at), s.timezone)"
    op.execute(
        "UPDATE contributions SET published_on = found.day, published_order = found.place FROM ("
        " SELECT id, day, ROW_NUMBER() OVER (PARTITION BY consultation_id ORDER BY day, decided, number) AS place FROM ("
        f"  SELECT c.id, c.consultation_id, c.number, COALESCE({day}, c.received_on) AS day,"
        "   MIN(d.decided_at) AS decided"
        "  FROM contributions c JOIN consultations s ON s.id = c.consultation_id"
        "  LEFT JOIN decisions d ON d.contribution_id = c.id AND d.verdict = 'publish'"
        "  WHERE c.status IN ('published', 'withdrawn')"
        "  GROUP BY c.id, c.consultation_id, c.number, c.received_on, s.timezone) AS dated"
        ") AS found WHERE found.id = contributions.id"
    )
    for name, columns in FEEDS.items():
        columns = [*columns, "published_order", "number"]
        op.create_index(name, "contributions", columns, postgresql_where=SHOWN, sqlite_where=SHOWN)


def downgrade() -> None:
    for name in FEEDS:
        op.drop_index(name, "contributions")
    op.drop_column("contributions", "published_order")
    op.drop_column("contributions", "published_on")


def _local_day(instant: str | None, zone: str) -> str | None:
    """The day of a zone in which an instant of the database lies."""
    if instant is None:
        return None
    at = datetime.fromisoformat(instant).replace(tzinfo=timezone.utc)
    return at.astimezone(ZoneInfo(zone)).date().isoformat()
