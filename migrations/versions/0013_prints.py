"""Long documents that the worker makes."""

from alembic import op
import sqlalchemy as sa

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('prints',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('length', sa.Integer(), nullable=True),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_prints_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prints')),
    sa.UniqueConstraint('consultation_id', 'name', name=op.f('uq_prints_consultation_id_name'))
    )
    op.create_index('ix_prints_asked_at', 'prints', ['asked_at'], unique=False)


def downgrade() -> None:
    for table in (
        'prints',
    ):
        op.drop_table(table)
