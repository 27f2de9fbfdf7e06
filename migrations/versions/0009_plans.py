"""Sheets with their versions, the commitments of a plan, amendments, and commitments of earlier plans."""

from alembic import op
import sqlalchemy as sa

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("amendments",)


def upgrade() -> None:
    op.create_table('sheets',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheets'))
    )
    op.create_table('earlier_commitments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('plan', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_earlier_commitments_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_earlier_commitments')),
    sa.UniqueConstraint('consultation_id', 'plan', 'key', name=op.f('uq_earlier_commitments_consultation_id_plan_key'))
    )
    op.create_table('commitments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.Column('theme_text', sa.String(), nullable=False),
    sa.Column('section_heading', sa.String(), nullable=False),
    sa.Column('theme_cell', sa.String(), nullable=False),
    sa.Column('title_in_summary', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_commitments_consultation_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheets.id'], name=op.f('fk_commitments_sheet_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_commitments_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitments')),
    sa.UniqueConstraint('consultation_id', 'number', name=op.f('uq_commitments_consultation_id_number')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_commitments_sheet_id'))
    )
    op.create_index('ix_commitments_theme_id', 'commitments', ['theme_id'], unique=False)
    op.create_table('sheet_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('causes', sa.Text(), nullable=True),
    sa.Column('background', sa.Text(), nullable=True),
    sa.Column('objective', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=True),
    sa.Column('results', sa.Text(), nullable=True),
    sa.Column('relevance', sa.Text(), nullable=True),
    sa.Column('value_transparency', sa.Text(), nullable=True),
    sa.Column('value_participation', sa.Text(), nullable=True),
    sa.Column('value_accountability', sa.Text(), nullable=True),
    sa.Column('challenge', sa.Text(), nullable=True),
    sa.Column('ambition', sa.Text(), nullable=True),
    sa.Column('context', sa.Text(), nullable=True),
    sa.Column('government', sa.Text(), nullable=True),
    sa.Column('others', sa.Text(), nullable=True),
    sa.Column('challenges', sa.JSON(), nullable=False),
    sa.Column('undecided', sa.JSON(), nullable=False),
    sa.Column('written_on', sa.Date(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint('version > 0', name=op.f('ck_sheet_versions_from_one')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheets.id'], name=op.f('fk_sheet_versions_sheet_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['themes.id'], name=op.f('fk_sheet_versions_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_versions')),
    sa.UniqueConstraint('sheet_id', 'version', name=op.f('uq_sheet_versions_sheet_id_version'))
    )
    op.create_table('amendments',
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('footnote', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('day_text', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('milestone', sa.String(), nullable=True),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.Column('approved_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitments.id'], name=op.f('fk_amendments_commitment_id')),
    sa.PrimaryKeyConstraint('commitment_id', 'footnote', name=op.f('pk_amendments')),
    info={'append_only': True}
    )
    op.create_table('commitment_labels',
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitments.id'], name=op.f('fk_commitment_labels_commitment_id')),
    sa.PrimaryKeyConstraint('commitment_id', 'field', name=op.f('pk_commitment_labels'))
    )
    op.create_table('sheet_contact_phones',
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('extension', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_versions.id'], name=op.f('fk_sheet_contact_phones_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'contact', 'position', name=op.f('pk_sheet_contact_phones'))
    )
    op.create_table('sheet_contacts',
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('honorific', sa.String(), nullable=True),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('post', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('body_role', sa.String(), nullable=True),
    sa.Column('email', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_versions.id'], name=op.f('fk_sheet_contacts_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'position', name=op.f('pk_sheet_contacts'))
    )
    op.create_table('sheet_lines',
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('lead', 'person', 'post', 'email', 'phone', 'summary', 'note', name='kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('acronym', sa.String(), nullable=True),
    sa.Column('honorific', sa.String(), nullable=True),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('extension', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_versions.id'], name=op.f('fk_sheet_lines_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'kind', 'position', name=op.f('pk_sheet_lines'))
    )
    op.create_table('sheet_milestones',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('parent', sa.String(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('number_text', sa.String(), nullable=True),
    sa.Column('mark', sa.String(), nullable=True),
    sa.Column('letter', sa.String(), nullable=True),
    sa.Column('deliverable', sa.Text(), nullable=True),
    sa.Column('responsible', sa.JSON(), nullable=False),
    sa.Column('continuity', sa.String(), nullable=True),
    sa.Column('continues', sa.String(), nullable=True),
    sa.Column('start', sa.String(), nullable=True),
    sa.Column('end', sa.String(), nullable=True),
    sa.Column('start_text', sa.String(), nullable=True),
    sa.Column('end_text', sa.String(), nullable=True),
    sa.Column('inherited', sa.JSON(), nullable=False),
    sa.Column('has_parts', sa.Boolean(), nullable=False),
    sa.CheckConstraint("continuity IN ('new', 'ongoing')", name=op.f('ck_sheet_milestones_continuity')),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_versions.id'], name=op.f('fk_sheet_milestones_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_milestones')),
    sa.UniqueConstraint('version_id', 'key', name=op.f('uq_sheet_milestones_version_id_key'))
    )
    op.create_table('sheet_translations',
    sa.Column('version_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['sheet_versions.id'], name=op.f('fk_sheet_translations_version_id')),
    sa.PrimaryKeyConstraint('version_id', 'language', 'field', name=op.f('pk_sheet_translations'))
    )
    op.create_table('milestone_parties',
    sa.Column('milestone_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('units', sa.JSON(), nullable=False),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['milestone_id'], ['sheet_milestones.id'], name=op.f('fk_milestone_parties_milestone_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_milestone_parties_organization_id')),
    sa.PrimaryKeyConstraint('milestone_id', 'position', name=op.f('pk_milestone_parties'))
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
    for table in (
        'milestone_parties', 'sheet_translations', 'sheet_milestones', 'sheet_lines', 'sheet_contacts', 'sheet_contact_phones', 'commitment_labels', 'amendments', 'sheet_versions', 'commitments', 'earlier_commitments', 'sheets',
    ):
        op.drop_table(table)
