"""What somebody who coordinates asks for herself, and that another member signs for an organisation: others answer."""

from alembic import op
import sqlalchemy as sa

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('role_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('change', sa.Enum('grant', 'suspend', 'resume', 'revoke', name='change', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('role', sa.Enum('moderator', 'coordinator', 'facilitator', 'secretary', 'member', 'liaison', 'translator', 'observer', 'admin', name='role', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('terms', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'agreed', 'refused', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("account_id <> answered_by OR state = 'withdrawn'", name=op.f('ck_role_requests_another_answers')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_role_requests_account_id')),
    sa.ForeignKeyConstraint(['answered_by'], ['accounts.id'], name=op.f('fk_role_requests_answered_by')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_role_requests_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_requests'))
    )
    op.create_index(op.f('ix_role_requests_consultation_id'), 'role_requests', ['consultation_id'], unique=False)
    op.create_index('uq_role_requests_waiting', 'role_requests', ['consultation_id', 'account_id'], unique=True, postgresql_where=sa.text("state = 'waiting'"), sqlite_where=sa.text("state = 'waiting'"))
    op.create_table('signatory_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('gov_by', sa.Integer(), nullable=True),
    sa.Column('cso_by', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'agreed', 'refused', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'agreed' OR (gov_by IS NOT NULL AND cso_by IS NOT NULL)", name=op.f('ck_signatory_requests_both_sectors')),
    sa.CheckConstraint('gov_by IS NULL OR cso_by IS NULL OR gov_by <> cso_by', name=op.f('ck_signatory_requests_two_people')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_signatory_requests_account_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['accounts.id'], name=op.f('fk_signatory_requests_asked_by')),
    sa.ForeignKeyConstraint(['cso_by'], ['accounts.id'], name=op.f('fk_signatory_requests_cso_by')),
    sa.ForeignKeyConstraint(['gov_by'], ['accounts.id'], name=op.f('fk_signatory_requests_gov_by')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_signatory_requests_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatory_requests'))
    )
    op.create_index('uq_signatory_requests_waiting', 'signatory_requests', ['organization_id'], unique=True, postgresql_where=sa.text("state = 'waiting'"), sqlite_where=sa.text("state = 'waiting'"))


def downgrade() -> None:
    op.drop_table('signatory_requests')
    op.drop_table('role_requests')
