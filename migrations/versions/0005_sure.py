"""What a review found: delivered mail is no unsent mail, links of subscribers are random, one voice a person.

A delivered message kept the JSON text ``null``, so that it was looked at for ever; a subscriber's number could come
back with another person behind it; and somebody with a role on both sides could answer a request twice.
"""

import sqlalchemy as sa
from alembic import op
import secrets

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNSENT, HELD = sa.text("outcome IS NULL"), sa.text("payload IS NOT NULL")


def upgrade() -> None:
    outbox = sa.table(
        "outbox", sa.column("outcome"), sa.column("payload", sa.JSON(none_as_null=True)), sa.column("due_at"),
        sa.column("created_at"),
    )  # fmt: skip
    op.add_column("outbox", sa.Column("created_at", sa.DateTime(timezone=True)))
    op.execute(outbox.update().values(created_at=outbox.c.due_at))
    op.execute(outbox.update().where(outbox.c.outcome.is_not(None)).values(payload=None))
    op.drop_index("ix_outbox_due", "outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.alter_column("created_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_index("ix_outbox_due", "outbox", ["due_at"], postgresql_where=UNSENT, sqlite_where=UNSENT)
    op.create_index("ix_outbox_unsent", "outbox", ["created_at"], postgresql_where=UNSENT, sqlite_where=UNSENT)

    op.add_column("subscribers", sa.Column("key", sa.String()))
    subscribers = sa.table("subscribers", sa.column("id"), sa.column("key"))
    connection = op.get_bind()
    for id_ in list(connection.execute(sa.select(subscribers.c.id)).scalars()):
        mine = subscribers.update().where(subscribers.c.id == id_)
        connection.execute(mine.values(key=secrets.token_hex(16)))
    with op.batch_alter_table("subscribers") as batch:
        batch.alter_column("key", existing_type=sa.String(), nullable=False)
    op.create_index("ix_subscribers_key", "subscribers", ["key"], unique=True)
    op.add_column("organizations", sa.Column("wished_on", sa.Date()))
    op.add_column("take_backs", sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_one_voice", "verifications", ["organization_id", "round", "account_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_one_voice", "verifications")
    op.drop_column("organizations", "wished_on")
    with op.batch_alter_table("take_backs") as batch:
        batch.drop_column("reached")
    op.drop_index("ix_subscribers_key", "subscribers")
    with op.batch_alter_table("subscribers") as batch:
        batch.drop_column("key")
    op.drop_index("ix_outbox_unsent", "outbox")
    op.drop_index("ix_outbox_due", "outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("created_at")
    op.create_index("ix_outbox_due", "outbox", ["due_at"], postgresql_where=HELD, sqlite_where=HELD)
