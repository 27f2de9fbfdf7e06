"""Forums: versions, tables, seats, who came, the sheets on which people wrote; people to be called who registered."""

from alembic import op
import sqlalchemy as sa

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("forum_versions", "attendance_marks")
SOMEBODY = "(organization_id IS NULL) <> (registration_id IS NULL)"


def upgrade() -> None:
    op.create_table('forums',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Integer(), nullable=False),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('last_place', sa.Integer(), nullable=False),
    sa.Column('last_paper', sa.Integer(), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closing', sa.Text(), nullable=True),
    sa.Column('erased', sa.Boolean(), nullable=False),
    sa.CheckConstraint('confirmed BETWEEN 0 AND capacity', name=op.f('ck_forums_never_oversold')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_forums_starts_before_end')),
    sa.CheckConstraint('waiting >= 0', name=op.f('ck_forums_waiting_not_negative')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_forums_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forums')),
    sa.UniqueConstraint('consultation_id', 'key', name=op.f('uq_forums_consultation_id_key'))
    )
    op.create_index('ix_forums_starts', 'forums', ['consultation_id', 'starts_at', 'id'], unique=False)
    op.create_table('forum_tables',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('forum_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('seated', sa.Integer(), nullable=False),
    sa.CheckConstraint('seated >= 0 AND (capacity IS NULL OR seated <= capacity)', name=op.f('ck_forum_tables_table_never_oversold')),
    sa.ForeignKeyConstraint(['forum_id'], ['forums.id'], name=op.f('fk_forum_tables_forum_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_forum_tables_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_tables')),
    sa.UniqueConstraint('forum_id', 'theme_id', name=op.f('uq_forum_tables_forum_id_theme_id'))
    )
    op.create_table('forum_tellings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('forum_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('reached', sa.Integer(), nullable=False),
    sa.Column('finished', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['forum_id'], ['forums.id'], name=op.f('fk_forum_tellings_forum_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_tellings')),
    sa.UniqueConstraint('forum_id', 'version', name=op.f('uq_forum_tellings_forum_id_version'))
    )
    op.create_index('ix_forum_tellings_open', 'forum_tellings', ['id'], unique=False, postgresql_where=sa.text('NOT finished'), sqlite_where=sa.text('NOT finished'))
    op.create_table('forum_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('forum_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.JSON(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['forum_id'], ['forums.id'], name=op.f('fk_forum_versions_forum_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_versions')),
    sa.UniqueConstraint('forum_id', 'version', name=op.f('uq_forum_versions_forum_id_version')),
    info={'append_only': True}
    )
    op.create_table('paper_batches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('forum_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('first <= last', name=op.f('ck_paper_batches_first_before_last')),
    sa.ForeignKeyConstraint(['forum_id'], ['forums.id'], name=op.f('fk_paper_batches_forum_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_paper_batches_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_batches')),
    sa.UniqueConstraint('forum_id', 'first', name=op.f('uq_paper_batches_forum_id_first'))
    )
    op.create_table('papers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('forum_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('folio_hash', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Enum('out', 'entered', 'blank', 'lost', name='state', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['paper_batches.id'], name=op.f('fk_papers_batch_id')),
    sa.ForeignKeyConstraint(['forum_id'], ['forums.id'], name=op.f('fk_papers_forum_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_papers')),
    sa.UniqueConstraint('folio_hash', name=op.f('uq_papers_folio_hash')),
    sa.UniqueConstraint('forum_id', 'number', name=op.f('uq_papers_forum_id_number'))
    )
    op.create_index('ix_papers_batch', 'papers', ['batch_id', 'number'], unique=False)
    op.create_table('registrations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('forum_id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('confirmed', 'waiting', 'cancelled', 'released', 'walk-in', name='state', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('folio_hash', sa.LargeBinary(), nullable=False),
    sa.Column('submission_hash', sa.LargeBinary(), nullable=False),
    sa.Column('member', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.LargeBinary(), nullable=False),
    sa.Column('table_id', sa.Integer(), nullable=True),
    sa.Column('first_id', sa.Integer(), nullable=True),
    sa.Column('second_id', sa.Integer(), nullable=True),
    sa.Column('taking_part_as', sa.String(), nullable=True),
    sa.Column('department', sa.String(), nullable=True),
    sa.Column('children', sa.Integer(), nullable=False),
    sa.Column('registered_on', sa.Date(), nullable=False),
    sa.Column('promoted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(), nullable=True),
    sa.Column('name_key', sa.String(), nullable=True),
    sa.Column('organization', sa.String(), nullable=True),
    sa.Column('needs', sa.Text(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['first_id'], ['forum_tables.id'], name=op.f('fk_registrations_first_id')),
    sa.ForeignKeyConstraint(['forum_id'], ['forums.id'], name=op.f('fk_registrations_forum_id')),
    sa.ForeignKeyConstraint(['second_id'], ['forum_tables.id'], name=op.f('fk_registrations_second_id')),
    sa.ForeignKeyConstraint(['table_id'], ['forum_tables.id'], name=op.f('fk_registrations_table_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registrations')),
    sa.UniqueConstraint('folio_hash', name=op.f('uq_registrations_folio_hash')),
    sa.UniqueConstraint('forum_id', 'place', name=op.f('uq_registrations_forum_id_place')),
    sa.UniqueConstraint('ref', name=op.f('uq_registrations_ref')),
    sa.UniqueConstraint('submission_hash', 'member', name=op.f('uq_registrations_submission_hash_member'))
    )
    op.create_index('ix_registrations_line', 'registrations', ['forum_id', 'place'], unique=False, postgresql_where=sa.text("state = 'waiting'"), sqlite_where=sa.text("state = 'waiting'"))
    op.create_index('ix_registrations_counts', 'registrations', ['forum_id', 'table_id', 'state', 'present'], unique=False)
    op.create_index('ix_registrations_name', 'registrations', ['forum_id', 'name_key', 'id'], unique=False)
    op.create_table('attendance_marks',
    sa.Column('mark', sa.String(), nullable=False),
    sa.Column('registration_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_attendance_marks_account_id')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_attendance_marks_registration_id')),
    sa.PrimaryKeyConstraint('mark', name=op.f('pk_attendance_marks')),
    info={'append_only': True}
    )
    op.create_index('ix_attendance_marks_registration_id', 'attendance_marks', ['registration_id'], unique=False)
    op.create_table('paper_notes',
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('paper_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('objection', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_paper_notes_contribution_id')),
    sa.ForeignKeyConstraint(['paper_id'], ['papers.id'], name=op.f('fk_paper_notes_paper_id')),
    sa.PrimaryKeyConstraint('contribution_id', name=op.f('pk_paper_notes')),
    sa.UniqueConstraint('paper_id', 'line', name=op.f('uq_paper_notes_paper_id_line'))
    )
    with op.batch_alter_table('notices') as batch:
        batch.add_column(sa.Column('registration_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch.alter_column('organization_id', existing_type=sa.Integer(), nullable=True)
        batch.create_unique_constraint(op.f('uq_notices_registration_id_event'), ['registration_id', 'event'])
        batch.create_foreign_key(op.f('fk_notices_registration_id'), 'registrations', ['registration_id'], ['id'])
        batch.create_check_constraint(op.f('ck_notices_somebody_to_tell'), sa.text(SOMEBODY))
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
    op.execute("DELETE FROM notices WHERE registration_id IS NOT NULL")
    with op.batch_alter_table('notices') as batch:
        batch.drop_constraint(op.f('ck_notices_somebody_to_tell'), type_='check')
        batch.drop_constraint(op.f('fk_notices_registration_id'), type_='foreignkey')
        batch.drop_constraint(op.f('uq_notices_registration_id_event'), type_='unique')
        batch.alter_column('organization_id', existing_type=sa.Integer(), nullable=False)
        batch.drop_column('registration_id')
    for table in (
        'paper_notes', 'papers', 'paper_batches', 'attendance_marks', 'registrations', 'forum_versions', 'forum_tellings',
        'forum_tables', 'forums',
    ):
        op.drop_table(table)
