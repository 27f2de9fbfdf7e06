"""Comments, the support that others give them, and what is reported about them; lists of one kind are indexed.

On SQLite the closed list of kinds is widened in the schema's own text, for rebuilding the table would take every row
of every contribution along, and every table that refers to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PUBLIC = sa.text("status = 'published'")
LISTED = sa.text("parent_id IS NULL AND (shown OR replies > 0)")
SHOWN_REPLY = sa.text("parent_id IS NOT NULL AND shown")
KINDS = ("CHECK (kind IN ('opinion'))", "CHECK (kind IN ('opinion', 'comment'))")
ONE_TARGET = (
    "(CASE WHEN on_theme_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN on_contribution_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN on_commitment_id IS NULL THEN 0 ELSE 1 END) = 1"
)
GROUNDS = ("personal-data", "threat", "hate", "insult", "advertising", "off-topic", "other")
FOLD = """
INSERT INTO tally (consultation_id, dimension, value, day, theme, kind, status, confirmed, n)
SELECT consultation_id, dimension, value, day, theme, 'opinion', status, confirmed, n FROM tally WHERE kind = 'comment'
ON CONFLICT (consultation_id, dimension, value, day, theme, kind, status, confirmed)
DO UPDATE SET n = tally.n + excluded.n
"""


def upgrade() -> None:
    _kinds(*KINDS)
    op.create_table('comments',
    sa.Column('id', BIG, nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('body_salt', sa.LargeBinary(), nullable=True),
    sa.Column('on_theme_id', sa.Integer(), nullable=True),
    sa.Column('on_contribution_id', BIG, nullable=True),
    sa.Column('on_commitment_id', sa.Integer(), nullable=True),
    sa.Column('part', sa.String(), nullable=True),
    sa.Column('parent_id', BIG, nullable=True),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.Column('replies', sa.Integer(), nullable=False),
    sa.Column('supports', sa.Integer(), nullable=False),
    sa.CheckConstraint(ONE_TARGET, name=op.f('ck_comments_one_target')),
    sa.CheckConstraint('part IS NULL OR on_contribution_id IS NOT NULL', name=op.f('ck_comments_part_of_something')),
    sa.CheckConstraint('parent_id IS NULL OR parent_id < id', name=op.f('ck_comments_parent_came_first')),
    sa.CheckConstraint('supports >= 0 AND replies >= 0', name=op.f('ck_comments_counts_not_negative')),
    sa.ForeignKeyConstraint(['id'], ['contributions.id'], name=op.f('fk_comments_id')),
    sa.ForeignKeyConstraint(['on_contribution_id'], ['contributions.id'], name=op.f('fk_comments_on_contribution_id')),
    sa.ForeignKeyConstraint(['on_commitment_id'], ['commitments.id'], name=op.f('fk_comments_on_commitment_id')),
    sa.ForeignKeyConstraint(['on_theme_id'], ['themes.id'], name=op.f('fk_comments_on_theme_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['comments.id'], name=op.f('fk_comments_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments'))
    )
    for name, target, where in (
        ('theme', 'on_theme_id', LISTED), ('contribution', 'on_contribution_id', LISTED),
        ('commitment', 'on_commitment_id', LISTED), ('replies', 'parent_id', SHOWN_REPLY),
    ):
        for suffix, columns in (('', [target, 'id']), ('_supports', [target, 'supports', 'id'])):
            op.create_index(f'ix_comments_{name}{suffix}', 'comments', columns, postgresql_where=where, sqlite_where=where)
    op.create_table('supports',
    sa.Column('id', BIG, nullable=False),
    sa.Column('comment_id', BIG, nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_supports_comment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supports')),
    sa.UniqueConstraint('comment_id', 'mark', name=op.f('uq_supports_comment_id_mark'))
    )
    op.create_table('reports',
    sa.Column('id', BIG, nullable=False),
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('comment_id', BIG, nullable=False),
    sa.Column('ground', sa.Enum(*GROUNDS, name='ground', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('line', sa.Text(), nullable=True),
    sa.Column('line_salt', sa.LargeBinary(), nullable=True),
    sa.Column('reported_on', sa.Date(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('submission_hash', sa.LargeBinary(), nullable=False),
    sa.Column('held_cause', sa.String(), nullable=True),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_reports_comment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('ref', name=op.f('uq_reports_ref')),
    sa.UniqueConstraint('submission_hash', name=op.f('uq_reports_submission_hash'))
    )
    op.create_index('ix_reports_comment', 'reports', ['comment_id', 'id'])
    op.create_index('ix_public_kind', 'contributions', ['consultation_id', 'kind', 'number'], postgresql_where=PUBLIC, sqlite_where=PUBLIC)
    op.create_index('ix_public_theme_kind', 'contributions', ['consultation_id', 'theme_id', 'kind', 'number'], postgresql_where=PUBLIC, sqlite_where=PUBLIC)


def downgrade() -> None:
    """Comments become opinions: what people wrote stays, what it was written on does not."""
    op.drop_index('ix_public_theme_kind', 'contributions')
    op.drop_index('ix_public_kind', 'contributions')
    op.execute("INSERT INTO opinions (id, body, body_salt) SELECT id, body, body_salt FROM comments")
    op.execute("UPDATE contributions SET kind = 'opinion' WHERE kind = 'comment'")
    op.execute(FOLD)
    op.execute("DELETE FROM tally WHERE kind = 'comment'")
    for table in ('reports', 'supports', 'comments'):
        op.drop_table(table)
    _kinds(*reversed(KINDS))


def _kinds(before: str, after: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_contributions_kind"), "contributions", type_="check")
        op.create_check_constraint(op.f("ck_contributions_kind"), "contributions", after[len("CHECK ("):-1])
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    done = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'contributions' AND instr(sql, :before) > 0"
        ),
        {"before": before, "after": after},
    )
    if done.rowcount != 1:
        raise RuntimeError("contributions: its list of kinds is not the one that was expected")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
