"""The Point of Contact's desk: drafts, acts, organisations, positions, news, uploads, heartbeats."""

from alembic import op
import sqlalchemy as sa

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("act_versions", "stored_files", "minutes_voices", "verifications", "positions")


def upgrade() -> None:
    op.create_table('heartbeats',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeats'))
    )
    op.create_table('stored_files',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_stored_files'))
    )
    op.create_table('drafts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_drafts_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts')),
    sa.UniqueConstraint('slug', name=op.f('uq_drafts_slug'))
    )
    op.create_table('acts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_acts_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acts')),
    sa.UniqueConstraint('consultation_id', 'key', name=op.f('uq_acts_consultation_id_key'))
    )
    op.create_index('ix_acts_day', 'acts', ['consultation_id', 'day', 'id'], unique=False)
    op.create_table('announcements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reached', sa.Integer(), nullable=False),
    sa.Column('finished', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_announcements_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcements')),
    sa.UniqueConstraint('consultation_id', 'event', name=op.f('uq_announcements_consultation_id_event'))
    )
    op.create_index('ix_announcements_open', 'announcements', ['id'], unique=False, postgresql_where=sa.text('NOT finished'), sqlite_where=sa.text('NOT finished'))
    op.create_table('organizations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('sort_key', sa.String(), nullable=False),
    sa.Column('acronym', sa.String(), nullable=True),
    sa.Column('sector', sa.String(), nullable=False),
    sa.Column('capacities', sa.JSON(), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('earlier_names', sa.JSON(), nullable=False),
    sa.Column('note', sa.JSON(), nullable=True),
    sa.Column('source', sa.JSON(), nullable=True),
    sa.Column('standing', sa.Enum('listed', 'asked', 'provisional', 'verified', 'refused', 'appealed', name='standing', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=True),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('appeal', sa.Text(), nullable=True),
    sa.Column('contact_email', sa.String(), nullable=True),
    sa.Column('contact_phone', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_organizations_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organizations')),
    sa.UniqueConstraint('consultation_id', 'slug', name=op.f('uq_organizations_consultation_id_slug'))
    )
    op.create_table('subscribers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_subscribers_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscribers')),
    sa.UniqueConstraint('consultation_id', 'email', name=op.f('uq_subscribers_consultation_id_email'))
    )
    op.create_table('act_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=True),
    sa.Column('kind', sa.Enum('call', 'outreach', 'bilateral', 'facilitators', 'training', 'forum', 'thematic', 'technical', 'workshop', 'external', 'validation', 'approval', 'submission', 'milestone', name='kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('stage', sa.String(), nullable=True),
    sa.Column('theme', sa.String(), nullable=True),
    sa.Column('planned_from', sa.Date(), nullable=True),
    sa.Column('planned_until', sa.Date(), nullable=True),
    sa.Column('held_from', sa.Date(), nullable=True),
    sa.Column('held_until', sa.Date(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.CheckConstraint('planned_from <= planned_until AND held_from <= held_until', name=op.f('ck_act_versions_days_in_order')),
    sa.CheckConstraint('planned_from IS NOT NULL OR held_from IS NOT NULL', name=op.f('ck_act_versions_some_day')),
    sa.ForeignKeyConstraint(['act_id'], ['acts.id'], name=op.f('fk_act_versions_act_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act_versions')),
    sa.UniqueConstraint('act_id', 'version', name=op.f('uq_act_versions_act_id_version'))
    )
    op.create_table('minutes_voices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sector', sa.Enum('gov', 'cso', name='sector', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('agrees', sa.Boolean(), nullable=False),
    sa.Column('statement', sa.Text(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('agrees OR statement IS NOT NULL', name=op.f('ck_minutes_voices_statement_of_disagreement')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_minutes_voices_account_id')),
    sa.ForeignKeyConstraint(['act_id'], ['acts.id'], name=op.f('fk_minutes_voices_act_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_voices')),
    sa.UniqueConstraint('act_id', 'version', 'sector', name=op.f('uq_minutes_voices_act_id_version_sector'))
    )
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'told', 'no-answer', name='state', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_notices_consultation_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_notices_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('organization_id', 'event', name=op.f('uq_notices_organization_id_event'))
    )
    op.create_index('ix_notices', 'notices', ['consultation_id', 'state', 'id'], unique=False)
    op.create_table('organization_members',
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('signatory', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_organization_members_account_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_organization_members_organization_id')),
    sa.PrimaryKeyConstraint('organization_id', 'account_id', name=op.f('pk_organization_members'))
    )
    op.create_index(op.f('ix_organization_members_account_id'), 'organization_members', ['account_id'], unique=False)
    op.create_table('positions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('stance', sa.Enum('support', 'dissent', 'withdrawal', 'return', name='stance', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_positions_account_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_positions_consultation_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_positions_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_positions')),
    sa.UniqueConstraint('consultation_id', 'number', name=op.f('uq_positions_consultation_id_number'))
    )
    op.create_index(op.f('ix_positions_organization_id'), 'positions', ['organization_id'], unique=False)
    op.create_table('take_backs',
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('finished', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_take_backs_account_id')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_take_backs_import_id')),
    sa.PrimaryKeyConstraint('import_id', name=op.f('pk_take_backs'))
    )
    op.create_table('uploads',
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('approved', sa.Boolean(), nullable=False),
    sa.Column('stored', sa.Integer(), nullable=False),
    sa.Column('failed', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_uploads_account_id')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_uploads_import_id')),
    sa.PrimaryKeyConstraint('import_id', name=op.f('pk_uploads'))
    )
    op.create_table('verifications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('sector', sa.Enum('gov', 'cso', name='sector', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('accepts', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('accepts OR reason IS NOT NULL', name=op.f('ck_verifications_reason_for_refusal')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_verifications_account_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_verifications_organization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications')),
    sa.UniqueConstraint('organization_id', 'round', 'sector', name=op.f('uq_verifications_organization_id_round_sector'))
    )
    op.create_table('intakes',
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_intakes_account_id')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_intakes_contribution_id')),
    sa.PrimaryKeyConstraint('contribution_id', name=op.f('pk_intakes'))
    )
    op.add_column('roles', sa.Column('suspended', sa.Boolean(), nullable=False, server_default=sa.false()))
    imported = sa.text("import_id IS NOT NULL")
    op.create_index(
        "ix_import", "contributions", ["import_id", "id"], postgresql_where=imported, sqlite_where=imported
    )
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        else:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def downgrade() -> None:
    op.drop_index("ix_import", "contributions")
    op.drop_column('roles', 'suspended')
    op.drop_table('intakes')
    op.drop_table('verifications')
    op.drop_table('uploads')
    op.drop_table('take_backs')
    op.drop_index(op.f('ix_positions_organization_id'), table_name='positions')
    op.drop_table('positions')
    op.drop_index(op.f('ix_organization_members_account_id'), table_name='organization_members')
    op.drop_table('organization_members')
    op.drop_index('ix_notices', table_name='notices')
    op.drop_table('notices')
    op.drop_table('minutes_voices')
    op.drop_table('act_versions')
    op.drop_table('subscribers')
    op.drop_table('organizations')
    op.drop_index('ix_announcements_open', table_name='announcements', postgresql_where=sa.text('NOT finished'), sqlite_where=sa.text('NOT finished'))
    op.drop_table('announcements')
    op.drop_index('ix_acts_day', table_name='acts')
    op.drop_table('acts')
    op.drop_table('drafts')
    op.drop_table('stored_files')
    op.drop_table('heartbeats')
