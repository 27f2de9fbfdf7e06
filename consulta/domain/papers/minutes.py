"""The minutes of a table of a forum: four sections and the notes they rest on, published as an act like any other, so
that both sides agree with them or say why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.acts import versions
from consulta.domain.acts.data import ActData
from consulta.domain.acts.table_minutes import TableMinutes
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Invalid, NotFound
from consulta.domain.forums.reading import ForumView
from consulta.domain.ledger.log import By
from consulta.models.acts import Act, ActKind
from consulta.models.base import Localized, table_of
from consulta.models.contributions import Contribution
from consulta.models.forums import ForumKind
from consulta.models.papers import Paper, PaperBatch, PaperNote


def key_of(forum: ForumView, theme: ThemeView) -> str:
    """The address of the act."""
    return f"acta-{forum.key}-{theme.slug}"[:80]


def published(db: Session, consultation: ConsultationView, forum: ForumView) -> list[tuple[str, ThemeView]]:
    """The minutes that there are of a forum's tables: the act's address and the theme."""
    chosen = [theme for table in forum.tables if (theme := consultation.theme(table.theme)) is not None]
    keys = {key_of(forum, theme): theme for theme in chosen}
    query = select(Act.key).where(Act.consultation_id == consultation.id, Act.key.in_(list(keys)))
    there = set(db.execute(query).scalars())
    return [(key, theme) for key, theme in keys.items() if key in there]


def version_of(db: Session, consultation: ConsultationView, forum: ForumView, theme: ThemeView) -> int:
    """The version in force of a table's minutes; 0 if there are none."""
    mine = (Act.consultation_id == consultation.id) & (Act.key == key_of(forum, theme))
    return db.execute(select(Act.version).where(mine)).scalar_one_or_none() or 0


def publish(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    theme: ThemeView,
    minutes: TableMinutes,
    *,
    seen: int,
    reason: Localized | None,
    by: By,
    now: datetime,
) -> str:
    """Publish the minutes of a table, or their next version; the address of the act."""
    if theme.slug not in {table.theme for table in forum.tables}:
        raise NotFound("Esa mesa no es de este foro.")
    if not minutes.sections:
        raise Invalid("Escriba al menos una de las cuatro partes.", field="said_most")
    strange = sorted(set(minutes.notes) - _notes(db, forum, theme, minutes.notes))
    if strange:
        raise Invalid(
            "Estas notas no son de hojas de esta mesa: %(numbers)s.",
            numbers=", ".join(map(str, strange)),
            field="notes",
        )
    day, kind = consultation.today(forum.data.starts_at), forum.data.kind
    texts: dict[str, Localized] = {"minutes": minutes.text()}
    if forum.data.texts.get("place"):
        texts["place"] = forum.data.texts["place"]
    data = ActData(
        kind=ActKind.THEMATIC if kind is ForumKind.ROUNDTABLE else ActKind.FORUM,
        theme=theme.slug,
        held_from=day,
        title=_title(forum, theme),
        texts=texts,
        table=minutes,
    )
    key = key_of(forum, theme)
    versions.publish(db, consultation, data, key=key, seen=seen, reason=reason, by=by, now=now)
    return key


def _title(forum: ForumView, theme: ThemeView) -> Localized:
    names = {code: forum.data.name.get(code) or forum.data.name["es"] for code in theme.name}
    words = {"es": "Acta de la mesa", "en": "Minutes of the table"}
    return {code: f"{words.get(code, words['es'])} «{theme.name[code]}» · {names[code]}" for code in theme.name}


def _notes(db: Session, forum: ForumView, theme: ThemeView, numbers: Sequence[int]) -> set[int]:
    c = table_of(Contribution).c
    query = (
        select(c.number)
        .select_from(PaperNote)
        .join(table_of(Contribution), c.id == PaperNote.contribution_id)
        .join(Paper, Paper.id == PaperNote.paper_id)
        .join(PaperBatch, PaperBatch.id == Paper.batch_id)
        .where(Paper.forum_id == forum.id, PaperBatch.theme_id == theme.id, c.number.in_(list(numbers)))
    )
    return set(db.execute(query).scalars())
