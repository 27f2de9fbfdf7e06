"""Proposals that were sent: what they say, answer to, were returned for, who stands behind them; wider lists."""

from alembic import op
import sqlalchemy as sa

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPEND_ONLY = ("returns",)
STATUSES = "'received', 'held', 'published', 'rejected', 'withdrawn', 'erased'"
LISTS = (
    ("contributions", "kind", "'opinion', 'comment'", "'opinion', 'comment', 'proposal'"),
    ("contributions", "status", STATUSES, STATUSES + ", 'returned'"),
    ("erasures", "status_before", STATUSES, STATUSES + ", 'returned'"),
    ("decisions", "verdict", "'publish', 'reject'", "'publish', 'reject', 'return'"),
)
"""Closed lists that become wider: table, column, words before and after."""


def upgrade() -> None:
    for table, column, before, after in LISTS:
        _widen(table, column, before, after)
    op.create_table('proposals',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('body_salt', sa.LargeBinary(), nullable=True),
    sa.Column('sheet_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.Column('unrelated', sa.Text(), nullable=True),
    sa.Column('withdrawal', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['contributions.id'], name=op.f('fk_proposals_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_proposals_organization_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['sheets.id'], name=op.f('fk_proposals_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_proposals_sheet_id'))
    )
    op.create_index('ix_proposals_organization_id', 'proposals', ['organization_id'], unique=False)
    op.create_table('proposal_sources',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('proposal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contribution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('earlier_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(contribution_id IS NULL) <> (earlier_id IS NULL)', name=op.f('ck_proposal_sources_one_source')),
    sa.ForeignKeyConstraint(['contribution_id'], ['contributions.id'], name=op.f('fk_proposal_sources_contribution_id')),
    sa.ForeignKeyConstraint(['earlier_id'], ['earlier_commitments.id'], name=op.f('fk_proposal_sources_earlier_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_proposal_sources_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_sources')),
    sa.UniqueConstraint('proposal_id', 'contribution_id', name=op.f('uq_proposal_sources_proposal_id_contribution_id')),
    sa.UniqueConstraint('proposal_id', 'earlier_id', name=op.f('uq_proposal_sources_proposal_id_earlier_id'))
    )
    op.create_index('ix_proposal_sources_contribution_id', 'proposal_sources', ['contribution_id'], unique=False)
    op.create_table('proposal_terms',
    sa.Column('proposal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stem', sa.String(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_proposal_terms_consultation_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_proposal_terms_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'stem', name=op.f('pk_proposal_terms'))
    )
    op.create_index('ix_proposal_terms', 'proposal_terms', ['consultation_id', 'stem', 'proposal_id'], unique=False)
    op.create_table('returns',
    sa.Column('decision_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('proposal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_returns_decision_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_returns_proposal_id')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_returns')),
    info={'append_only': True}
    )
    op.create_index('ix_returns_proposal_id', 'returns', ['proposal_id'], unique=False)
    op.create_table('sponsors',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['draft_id'], ['proposal_drafts.id'], name=op.f('fk_sponsors_draft_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_sponsors_organization_id')),
    sa.PrimaryKeyConstraint('draft_id', 'organization_id', name=op.f('pk_sponsors'))
    )
    op.create_index('ix_sponsors_organization_id', 'sponsors', ['organization_id'], unique=False)
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
    """Refused while there are proposals: their words would be lost."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM proposals LIMIT 1")).first():
        raise RuntimeError("there are proposals; going back would lose them")
    for table in (
        'sponsors', 'returns', 'proposal_terms', 'proposal_sources', 'proposals',
    ):
        op.drop_table(table)
    for table, column, before, after in LISTS:
        _widen(table, column, after, before)


def _widen(table: str, column: str, before: str, after: str) -> None:
    """As for comments: rebuilding the table on SQLite would take every row along, and every table that refers to it."""
    connection = op.get_bind()
    name = op.f(f"ck_{table}_{column}")
    if connection.dialect.name == "postgresql":
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"{column} IN ({after})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    done = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = :name AND instr(sql, :before) > 0"
        ),
        {"before": f"CHECK ({column} IN ({before}))", "after": f"CHECK ({column} IN ({after}))", "name": table},
    )
    if done.rowcount != 1:
        raise RuntimeError(f"{table}: the list of {column} is not the one that was expected")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
