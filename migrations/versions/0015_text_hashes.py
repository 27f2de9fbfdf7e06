"""A hash of an opinion's words, by which an import finds those that are there already; it goes with the text."""

import hashlib

from alembic import op
import sqlalchemy as sa

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PIECE = 1000


def upgrade() -> None:
    op.add_column('opinions', sa.Column('text_hash', sa.LargeBinary(), nullable=True))
    opinions = sa.table('opinions', sa.column('id', sa.Integer), sa.column('body', sa.Text), sa.column('text_hash', sa.LargeBinary))
    contributions = sa.table('contributions', sa.column('id', sa.Integer), sa.column('title', sa.Text))
    connection, last = op.get_bind(), 0
    query = sa.select(opinions.c.id, contributions.c.title, opinions.c.body)
    query = query.join_from(opinions, contributions, contributions.c.id == opinions.c.id).order_by(opinions.c.id)
    fill = opinions.update().where(opinions.c.id == sa.bindparam('row')).values(text_hash=sa.bindparam('hash'))
    while rows := connection.execute(query.where(opinions.c.id > last).limit(PIECE)).all():
        values = [
            {'row': id_, 'hash': hashlib.sha256(f"{title or ''}\0{body or ''}".encode()).digest()[:16]}
            for id_, title, body in rows
            if body is not None or title is not None
        ]
        if values:
            connection.execute(fill, values)
        last = rows[-1].id
    op.create_index('ix_imports_consultation_id', 'imports', ['consultation_id'], unique=False)
    op.create_index('ix_opinions_text_hash', 'opinions', ['text_hash'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_imports_consultation_id', 'imports')
    op.drop_index('ix_opinions_text_hash', 'opinions')
    with op.batch_alter_table('opinions') as batch:
        batch.drop_column('text_hash')
