"""Words with an apostrophe are found without it, too: *kiche* finds *K'iche'*."""

from alembic import op
import sqlalchemy as sa

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MARK, PIECE = "q0", 500


def upgrade() -> None:
    bind = op.get_bind()
    postgres = bind.dialect.name == "postgresql"
    id_ = "id" if postgres else "rowid"
    words = "array_to_string(tsvector_to_array(stems), ' ')" if postgres else "stems"
    read = sa.text(f"SELECT {id_} AS id, {words} AS words FROM search_texts WHERE {id_} > :last ORDER BY {id_} LIMIT :n")
    stems = "array_to_tsvector(string_to_array(:words, ' '))" if postgres else ":words"
    write = sa.text(f"UPDATE search_texts SET stems = {stems} WHERE {id_} = :id")
    last = 0
    while rows := bind.execute(read, {"last": last, "n": PIECE}).all():
        last = rows[-1].id
        for row in rows:
            found = row.words.split()
            more = [word.replace(MARK, "") for word in found if MARK in word]
            if more:
                both = sorted({*found, *more}) if postgres else found + more
                bind.execute(write, {"id": row.id, "words": " ".join(both)})


def downgrade() -> None:
    """The words without apostrophes stay: the older program finds more by them, and nothing less."""
