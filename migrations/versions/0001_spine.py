"""The spine: consultations, contributions, moderation, figures, ledger, accounts, outbox; triggers and search."""

from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_entries", "schedules", "stages", "reasons", "decisions", "classifications")

LEDGER_APPEND = """
CREATE FUNCTION ledger_append(wanted integer, texts text[]) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
    at bigint;
    value bytea;
    one text;
BEGIN
    SELECT length, head INTO STRICT at, value FROM ledger_logs WHERE id = wanted FOR UPDATE;
    FOREACH one IN ARRAY texts LOOP
        at := at + 1;
        value := sha256(value || sha256('\\x00'::bytea || convert_to(one, 'UTF8')));
        INSERT INTO ledger_entries (log_id, position, entry, head) VALUES (wanted, at, one, value);
    END LOOP;
    UPDATE ledger_logs SET length = at, head = value WHERE id = wanted;
END $body$
"""

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $body$
"""


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('suspended', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('email', name=op.f('uq_accounts_email'))
    )
    op.create_table('attempts',
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_attempts'))
    )
    op.create_table('daily_keys',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_daily_keys'))
    )
    op.create_table('ledger_logs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('length', sa.BigInteger(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_logs')),
    sa.UniqueConstraint('origin', name=op.f('uq_ledger_logs_origin'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('template', sa.String(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=True),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('event', 'recipient', name=op.f('uq_outbox_event_recipient'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_due', ['due_at'], unique=False, postgresql_where=sa.text('payload IS NOT NULL'), sqlite_where=sa.text('payload IS NOT NULL'))

    op.create_table('account_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('browser', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_sessions_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_sessions_token_hash'))
    )
    with op.batch_alter_table('account_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_sessions_account_id'), ['account_id'], unique=False)

    op.create_table('account_tokens',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_tokens_account_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_account_tokens'))
    )
    op.create_table('consultations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('ordinary', 'record', 'demonstration', name='kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('timezone', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('links', sa.JSON(), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['ledger_logs.id'], name=op.f('fk_consultations_log_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultations')),
    sa.UniqueConstraint('log_id', name=op.f('uq_consultations_log_id')),
    sa.UniqueConstraint('slug', name=op.f('uq_consultations_slug'))
    )
    op.create_table('known_browsers',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_known_browsers_account_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_known_browsers'))
    )
    with op.batch_alter_table('known_browsers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_known_browsers_account_id'), ['account_id'], unique=False)

    op.create_table('ledger_entries',
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry', sa.Text(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['ledger_logs.id'], name=op.f('fk_ledger_entries_log_id')),
    sa.PrimaryKeyConstraint('log_id', 'position', name=op.f('pk_ledger_entries')),
    info={'append_only': True}
    )
    op.create_table('imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_imports_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_table('list_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('list_name', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('label', sa.JSON(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('tile', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_list_items_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_items')),
    sa.UniqueConstraint('consultation_id', 'list_name', 'code', name=op.f('uq_list_items_consultation_id_list_name_code'))
    )
    op.create_table('pseudonyms',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_pseudonyms_account_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_pseudonyms_consultation_id')),
    sa.PrimaryKeyConstraint('consultation_id', 'account_id', name=op.f('pk_pseudonyms')),
    sa.UniqueConstraint('consultation_id', 'name', name=op.f('uq_pseudonyms_consultation_id_name'))
    )
    op.create_table('reasons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('published_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_reasons_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reasons')),
    sa.UniqueConstraint('consultation_id', 'code', 'version', name=op.f('uq_reasons_consultation_id_code_version')),
    info={'append_only': True}
    )
    op.create_table('schedules',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_schedules_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedules')),
    sa.UniqueConstraint('consultation_id', 'version', name=op.f('uq_schedules_consultation_id_version')),
    info={'append_only': True}
    )
    op.create_table('tally',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('dimension', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('day', sa.String(), nullable=False),
    sa.Column('theme', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_tally_consultation_id')),
    sa.PrimaryKeyConstraint('consultation_id', 'dimension', 'value', 'day', 'theme', 'kind', 'status', 'confirmed', name=op.f('pk_tally'))
    )
    op.create_table('themes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('letter', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('briefing', sa.JSON(), nullable=False),
    sa.Column('colour', sa.Integer(), nullable=False),
    sa.Column('pictogram', sa.String(), nullable=False),
    sa.CheckConstraint('colour BETWEEN 1 AND 12', name=op.f('ck_themes_colour_slot')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_themes_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_themes')),
    sa.UniqueConstraint('consultation_id', 'letter', name=op.f('uq_themes_consultation_id_letter')),
    sa.UniqueConstraint('consultation_id', 'slug', name=op.f('uq_themes_consultation_id_slug'))
    )
    op.create_table('contributions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('opinion', name='kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('channel', sa.Enum('web', 'paper', 'forum', 'assisted', 'import', name='channel', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('status', sa.Enum('received', 'held', 'published', 'rejected', 'withdrawn', 'erased', name='status', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=True),
    sa.Column('title_salt', sa.LargeBinary(), nullable=True),
    sa.Column('department', sa.String(), nullable=True),
    sa.Column('department_salt', sa.LargeBinary(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('review_by', sa.Date(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('awaiting_review', sa.Boolean(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('submission_hash', sa.LargeBinary(), nullable=True),
    sa.Column('folio_hash', sa.LargeBinary(), nullable=True),
    sa.Column('content_hash', sa.LargeBinary(), nullable=True),
    sa.Column('held_cause', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('intake_salt', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_contributions_number_positive')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_contributions_consultation_id')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_contributions_import_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_contributions_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contributions')),
    sa.UniqueConstraint('consultation_id', 'number', name=op.f('uq_contributions_consultation_id_number')),
    sa.UniqueConstraint('consultation_id', 'source', 'external_id', name=op.f('uq_contributions_consultation_id_source_external_id')),
    sa.UniqueConstraint('folio_hash', name=op.f('uq_contributions_folio_hash')),
    sa.UniqueConstraint('submission_hash', name=op.f('uq_contributions_submission_hash'))
    )
    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.create_index('ix_public', ['consultation_id', 'number'], unique=False, postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.create_index('ix_public_department', ['consultation_id', 'department', 'number'], unique=False, postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.create_index('ix_public_theme', ['consultation_id', 'theme_id', 'number'], unique=False, postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.create_index('ix_public_theme_department', ['consultation_id', 'theme_id', 'department', 'number'], unique=False, postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.create_index('ix_waiting', ['consultation_id', 'review_by', 'id'], unique=False, postgresql_where=sa.text('awaiting_review'), sqlite_where=sa.text('awaiting_review'))
        batch_op.create_index('ix_waiting_channel', ['consultation_id', 'channel', 'review_by', 'id'], unique=False, postgresql_where=sa.text('awaiting_review'), sqlite_where=sa.text('awaiting_review'))
        batch_op.create_index('ix_waiting_theme', ['consultation_id', 'theme_id', 'review_by', 'id'], unique=False, postgresql_where=sa.text('awaiting_review'), sqlite_where=sa.text('awaiting_review'))

    op.create_table('roles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('moderator', 'coordinator', 'facilitator', 'secretary', 'member', 'liaison', 'translator', 'observer', 'admin', name='role', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=True),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('sector', sa.Enum('gov', 'cso', name='sector', native_enum=False, create_constraint=True, length=30), nullable=True),
    sa.Column('organization', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_roles_account_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_roles_consultation_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_roles_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roles'))
    )
    with op.batch_alter_table('roles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roles_account_id'), ['account_id'], unique=False)
        batch_op.create_index('uq_roles_grant', ['account_id', 'role', 'consultation_id', 'theme_id'], unique=True)

    op.create_table('stages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('schedule_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('parent', sa.String(), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('participants', sa.JSON(), nullable=True),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.Column('notes', sa.JSON(), nullable=True),
    sa.Column('source', sa.JSON(), nullable=True),
    sa.Column('theme', sa.String(), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dates', sa.JSON(), nullable=True),
    sa.Column('opens', sa.JSON(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_stages_starts_before_end')),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedules.id'], name=op.f('fk_stages_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stages')),
    sa.UniqueConstraint('schedule_id', 'position', name=op.f('uq_stages_schedule_id_position')),
    info={'append_only': True}
    )
    op.create_table('classifications',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('mentions', sa.JSON(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_classifications_account_id')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_classifications_contribution_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_classifications_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_classifications')),
    sa.UniqueConstraint('contribution_id', 'ordinal', name=op.f('uq_classifications_contribution_id_ordinal')),
    info={'append_only': True}
    )
    op.create_table('contributors',
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('publish_name', sa.Boolean(), nullable=False),
    sa.Column('name_salt', sa.LargeBinary(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('mail_language', sa.String(), nullable=True),
    sa.Column('email_salt', sa.LargeBinary(), nullable=True),
    sa.Column('taking_part_as', sa.String(), nullable=True),
    sa.Column('taking_part_as_salt', sa.LargeBinary(), nullable=True),
    sa.Column('age_group', sa.String(), nullable=True),
    sa.Column('age_group_salt', sa.LargeBinary(), nullable=True),
    sa.Column('gender', sa.String(), nullable=True),
    sa.Column('gender_salt', sa.LargeBinary(), nullable=True),
    sa.Column('language', sa.String(), nullable=True),
    sa.Column('language_salt', sa.LargeBinary(), nullable=True),
    sa.Column('erase_contact_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_contributors_contribution_id')),
    sa.PrimaryKeyConstraint('contribution_id', name=op.f('pk_contributors'))
    )
    with op.batch_alter_table('contributors', schema=None) as batch_op:
        batch_op.create_index('ix_contact_due', ['erase_contact_on'], unique=False, postgresql_where=sa.text('email IS NOT NULL OR name IS NOT NULL'), sqlite_where=sa.text('email IS NOT NULL OR name IS NOT NULL'))

    op.create_table('decisions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Enum('publish', 'reject', name='verdict', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('reason_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(verdict = 'reject') = (reason_id IS NOT NULL)", name=op.f('ck_decisions_reason_for_rejection')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_decisions_account_id')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_decisions_contribution_id')),
    sa.ForeignKeyConstraint(['reason_id'], ['reasons.id'], name=op.f('fk_decisions_reason_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions')),
    sa.UniqueConstraint('contribution_id', 'ordinal', name=op.f('uq_decisions_contribution_id_ordinal')),
    info={'append_only': True}
    )
    op.create_table('erasures',
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status_before', sa.Enum('received', 'held', 'published', 'rejected', 'withdrawn', 'erased', name='status_before', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('awaiting_before', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_erasures_contribution_id')),
    sa.PrimaryKeyConstraint('contribution_id', name=op.f('pk_erasures'))
    )
    with op.batch_alter_table('erasures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasures_due_at'), ['due_at'], unique=False)

    op.create_table('leases',
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_leases_account_id')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_leases_contribution_id')),
    sa.PrimaryKeyConstraint('contribution_id', name=op.f('pk_leases'))
    )
    op.create_table('mentions',
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_mentions_contribution_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_mentions_theme_id')),
    sa.PrimaryKeyConstraint('contribution_id', 'theme_id', name=op.f('pk_mentions'))
    )
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mentions_theme_id'), ['theme_id'], unique=False)

    op.create_table('opinions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('body_salt', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['contributions.id'], name=op.f('fk_opinions_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opinions'))
    )
    op.create_table('decision_notes',
    sa.Column('decision_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('note_salt', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_decision_notes_decision_id')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_decision_notes'))
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(LEDGER_APPEND)
        op.execute(REFUSE)
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        op.execute("CREATE TABLE search_texts (id bigint PRIMARY KEY, stems tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_search_texts_stems ON search_texts USING gin (stems)")
        # With the usual 100 the planner takes every rare word for a frequent one and walks the whole table for it.
        op.execute("ALTER TABLE search_texts ALTER COLUMN stems SET STATISTICS 1000")
    else:
        for table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        op.execute("CREATE VIRTUAL TABLE search_texts USING fts5(stems, tokenize='unicode61 remove_diacritics 0')")


def downgrade() -> None:
    op.execute("DROP TABLE search_texts")
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        names = (f"{table}_append_only", f"{table}_no_truncate") if postgres else (f"{table}_no_update", f"{table}_no_delete")
        for name in names:
            op.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        op.execute("DROP FUNCTION ledger_append(integer, text[])")
        op.execute("DROP FUNCTION refuse_change()")
    op.drop_table('decision_notes')
    op.drop_table('opinions')
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mentions_theme_id'))

    op.drop_table('mentions')
    op.drop_table('leases')
    with op.batch_alter_table('erasures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_erasures_due_at'))

    op.drop_table('erasures')
    op.drop_table('decisions')
    with op.batch_alter_table('contributors', schema=None) as batch_op:
        batch_op.drop_index('ix_contact_due', postgresql_where=sa.text('email IS NOT NULL OR name IS NOT NULL'), sqlite_where=sa.text('email IS NOT NULL OR name IS NOT NULL'))

    op.drop_table('contributors')
    op.drop_table('classifications')
    op.drop_table('stages')
    with op.batch_alter_table('roles', schema=None) as batch_op:
        batch_op.drop_index('uq_roles_grant')
        batch_op.drop_index(batch_op.f('ix_roles_account_id'))

    op.drop_table('roles')
    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.drop_index('ix_waiting_theme', postgresql_where=sa.text('awaiting_review'), sqlite_where=sa.text('awaiting_review'))
        batch_op.drop_index('ix_waiting_channel', postgresql_where=sa.text('awaiting_review'), sqlite_where=sa.text('awaiting_review'))
        batch_op.drop_index('ix_waiting', postgresql_where=sa.text('awaiting_review'), sqlite_where=sa.text('awaiting_review'))
        batch_op.drop_index('ix_public_theme_department', postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.drop_index('ix_public_theme', postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.drop_index('ix_public_department', postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))
        batch_op.drop_index('ix_public', postgresql_where=sa.text("status = 'published'"), sqlite_where=sa.text("status = 'published'"))

    op.drop_table('contributions')
    op.drop_table('themes')
    op.drop_table('tally')
    op.drop_table('schedules')
    op.drop_table('reasons')
    op.drop_table('pseudonyms')
    op.drop_table('list_items')
    op.drop_table('imports')
    op.drop_table('ledger_entries')
    with op.batch_alter_table('known_browsers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_known_browsers_account_id'))

    op.drop_table('known_browsers')
    op.drop_table('consultations')
    op.drop_table('account_tokens')
    with op.batch_alter_table('account_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_sessions_account_id'))

    op.drop_table('account_sessions')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_due', postgresql_where=sa.text('payload IS NOT NULL'), sqlite_where=sa.text('payload IS NOT NULL'))

    op.drop_table('outbox')
    op.drop_table('ledger_logs')
    op.drop_table('daily_keys')
    op.drop_table('attempts')
    op.drop_table('accounts')
