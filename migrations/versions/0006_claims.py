"""A listed body takes over its own entry; an import's report stays; a stopped subscription survives a restore.

A translator may have several languages; the positions upon one subject are found without reading all of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GRANT = ["account_id", "role", "consultation_id", "theme_id"]
SILENT, SPOKEN = sa.text("language IS NULL"), sa.text("language IS NOT NULL")
ONE_LANGUAGE = """
DELETE FROM roles WHERE consultation_id IS NOT NULL AND theme_id IS NOT NULL AND id NOT IN (
    SELECT min(id) FROM roles GROUP BY account_id, role, consultation_id, theme_id
)
"""


def upgrade() -> None:
    op.add_column("organizations", sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False))
    organizations = sa.table("organizations", sa.column("listed", sa.Boolean()), sa.column("standing"))
    op.execute(organizations.update().where(organizations.c.standing == "listed").values(listed=True))
    op.add_column("organization_members", sa.Column("wished_on", sa.Date()))
    op.add_column("uploads", sa.Column("report", sa.JSON()))
    with op.batch_alter_table("subscribers") as batch:
        batch.alter_column("email", existing_type=sa.String(), nullable=True)
    op.drop_index("uq_roles_grant", "roles")
    op.create_index("uq_roles_grant", "roles", GRANT, unique=True, postgresql_where=SILENT, sqlite_where=SILENT)
    spoken = [*GRANT, "language"]
    op.create_index("uq_roles_language", "roles", spoken, unique=True, postgresql_where=SPOKEN, sqlite_where=SPOKEN)
    op.drop_index("ix_positions_organization_id", "positions")
    op.create_index("ix_positions_subject", "positions", ["organization_id", "subject", "number"])


def downgrade() -> None:
    op.drop_index("ix_positions_subject", "positions")
    op.create_index("ix_positions_organization_id", "positions", ["organization_id"])
    op.drop_index("uq_roles_language", "roles")
    op.drop_index("uq_roles_grant", "roles")
    op.execute(ONE_LANGUAGE)
    op.create_index("uq_roles_grant", "roles", GRANT, unique=True)
    op.execute("DELETE FROM subscribers WHERE email IS NULL")
    with op.batch_alter_table("subscribers") as batch:
        batch.alter_column("email", existing_type=sa.String(), nullable=False)
    op.drop_column("uploads", "report")
    op.drop_column("organization_members", "wished_on")
    op.drop_column("organizations", "listed")
