"""Proposals that are being written: drafts, their steps, what they answer to, advice that is let stand."""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('dismissals',
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('finding', sa.String(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('dismissed_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheets.id'], name=op.f('fk_dismissals_sheet_id')),
    sa.PrimaryKeyConstraint('sheet_id', 'finding', name=op.f('pk_dismissals'))
    )
    op.create_table('proposal_drafts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.Column('submission_hash', sa.LargeBinary(), nullable=False),
    sa.Column('folio_hash', sa.LargeBinary(), nullable=True),
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unrelated', sa.Text(), nullable=True),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('publish_name', sa.Boolean(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('submitted', sa.Boolean(), nullable=False),
    sa.Column('begun_on', sa.Date(), nullable=False),
    sa.Column('saved_on', sa.Date(), nullable=False),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.CheckConstraint('(organization_id IS NULL) <> (folio_hash IS NULL)', name=op.f('ck_proposal_drafts_one_holder')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_proposal_drafts_consultation_id')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_proposal_drafts_contribution_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_proposal_drafts_organization_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheets.id'], name=op.f('fk_proposal_drafts_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_drafts')),
    sa.UniqueConstraint('contribution_id', name=op.f('uq_proposal_drafts_contribution_id')),
    sa.UniqueConstraint('folio_hash', name=op.f('uq_proposal_drafts_folio_hash')),
    sa.UniqueConstraint('key', name=op.f('uq_proposal_drafts_key')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_proposal_drafts_sheet_id')),
    sa.UniqueConstraint('submission_hash', name=op.f('uq_proposal_drafts_submission_hash'))
    )
    op.create_index('ix_proposal_drafts_open', 'proposal_drafts', ['consultation_id', 'id'], unique=False, postgresql_where=sa.text('NOT submitted'), sqlite_where=sa.text('NOT submitted'))
    op.create_index('ix_proposal_drafts_organization_id', 'proposal_drafts', ['organization_id'], unique=False)
    op.create_table('draft_sources',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('earlier_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(contribution_id IS NULL) <> (earlier_id IS NULL)', name=op.f('ck_draft_sources_one_source')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_draft_sources_contribution_id')),
    sa.ForeignKeyConstraint(['draft_id'], ['proposal_drafts.id'], name=op.f('fk_draft_sources_draft_id')),
    sa.ForeignKeyConstraint(['earlier_id'], ['earlier_commitments.id'], name=op.f('fk_draft_sources_earlier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_sources')),
    sa.UniqueConstraint('draft_id', 'contribution_id', name=op.f('uq_draft_sources_draft_id_contribution_id')),
    sa.UniqueConstraint('draft_id', 'earlier_id', name=op.f('uq_draft_sources_draft_id_earlier_id'))
    )
    op.create_table('draft_steps',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('saved', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['proposal_drafts.id'], name=op.f('fk_draft_steps_draft_id')),
    sa.PrimaryKeyConstraint('draft_id', 'step', name=op.f('pk_draft_steps'))
    )


def downgrade() -> None:
    for table in (
        'draft_steps', 'draft_sources', 'proposal_drafts', 'dismissals',
    ):
        op.drop_table(table)
