"""Files kept for a form that could not be taken; drafts of consultations under a random key."""

import secrets

from alembic import op
import sqlalchemy as sa

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('staged_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('staged_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_staged_files_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staged_files')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_staged_files_token_hash'))
    )
    op.create_index('ix_staged_files_staged_at', 'staged_files', ['staged_at'], unique=False)
    op.add_column('drafts', sa.Column('key', sa.String(), nullable=True))
    drafts = sa.table('drafts', sa.column('id', sa.Integer), sa.column('key', sa.String))
    connection = op.get_bind()
    for (id_,) in connection.execute(sa.select(drafts.c.id)).all():
        connection.execute(drafts.update().where(drafts.c.id == id_).values(key=secrets.token_hex(8)))
    with op.batch_alter_table('drafts') as batch:
        batch.alter_column('key', existing_type=sa.String(), nullable=False)
    op.create_index('ix_drafts_key', 'drafts', ['key'], unique=True)


def downgrade() -> None:
    op.drop_index('ix_drafts_key', 'drafts')
    with op.batch_alter_table('drafts') as batch:
        batch.drop_column('key')
    op.drop_table('staged_files')
