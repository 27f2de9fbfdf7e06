"""Editions of the tables of traits; what an annulled import brought is a group of its own."""

import json

from alembic import op
import sqlalchemy as sa

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATUSES = "'received', 'held', 'published', 'rejected', 'withdrawn', 'erased', 'returned'"
LISTS = (("contributions", "status"), ("erasures", "status_before"))
ONE_WAY = {"channel": "c.channel", "department": "c.department"} | {
    name: f"p.{name}" for name in ("taking_part_as", "age_group", "gender", "language")
}


def upgrade() -> None:
    op.create_table('trait_editions',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('members', sa.LargeBinary(), nullable=False),
    sa.Column('tables', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultations.id'], name=op.f('fk_trait_editions_consultation_id')),
    sa.PrimaryKeyConstraint('consultation_id', 'subject', 'made_on', name=op.f('pk_trait_editions'))
    )
    for table, column in LISTS:
        _widen(table, column, STATUSES, STATUSES + ", 'annulled'")
    for consultation, numbers in _annulled().items():
        for number in numbers:
            op.get_bind().execute(
                sa.text(
                    "UPDATE contributions SET status = 'annulled' WHERE consultation_id = :id AND number = :number"
                    " AND status = 'withdrawn'"
                ),
                {"id": consultation, "number": number},
            )
        _count_again(consultation)


def downgrade() -> None:
    changed = op.get_bind().execute(
        sa.text("UPDATE contributions SET status = 'withdrawn' WHERE status = 'annulled' RETURNING consultation_id")
    )
    for consultation in {row[0] for row in changed}:
        _count_again(consultation)
    for table, column in LISTS:
        _widen(table, column, STATUSES + ", 'annulled'", STATUSES)
    op.drop_table('trait_editions')


def _annulled() -> dict[int, list[int]]:
    """By consultation the numbers that an annulled import brought, as the log says."""
    connection, found = op.get_bind(), {}
    backs = sa.text("SELECT DISTINCT i.consultation_id, c.log_id FROM take_backs t JOIN imports i ON i.id = t.import_id"
                    " JOIN consultations c ON c.id = i.consultation_id")
    for consultation, log in connection.execute(backs).all():
        said = sa.text("SELECT entry FROM ledger_entries WHERE log_id = :log AND entry LIKE :action")
        for (entry,) in connection.execute(said, {"log": log, "action": '%"action":"contribution:cancel"%'}):
            found.setdefault(consultation, []).append(int(json.loads(entry)["subject"].partition("/")[2]))
    return found


def _count_again(consultation: int) -> None:
    """Every figure of a consultation, from its contributions."""
    day = "to_char(c.received_on, 'YYYY-MM-DD')" if op.get_bind().dialect.name == "postgresql" else "c.received_on"
    parts = [
        "SELECT c.consultation_id, 'theme', '', '', COALESCE(t.slug, ''), c.kind, c.status, c.confirmed, count(*)"
        " FROM contributions c LEFT JOIN themes t ON t.id = c.theme_id WHERE c.consultation_id = :id"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
        f"SELECT c.consultation_id, 'day', '', {day}, '', '', c.status, false, count(*)"
        " FROM contributions c WHERE c.consultation_id = :id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
        "SELECT c.consultation_id, 'mention', '', '', t.slug, c.kind, c.status, false, count(*) FROM contributions c"
        " JOIN mentions m ON m.contribution_id = c.id JOIN themes t ON t.id = m.theme_id"
        " WHERE c.consultation_id = :id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
    ]
    parts += [
        f"SELECT c.consultation_id, '{name}', COALESCE({column}, ''), '', '', c.kind, c.status, false, count(*)"
        " FROM contributions c JOIN contributors p ON p.contribution_id = c.id"
        " WHERE c.consultation_id = :id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
        for name, column in ONE_WAY.items()
    ]
    connection = op.get_bind()
    connection.execute(sa.text("DELETE FROM tally WHERE consultation_id = :id"), {"id": consultation})
    for part in parts:
        into = "INSERT INTO tally (consultation_id, dimension, value, day, theme, kind, status, confirmed, n) "
        connection.execute(sa.text(into + part), {"id": consultation})


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
