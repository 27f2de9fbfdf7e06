"""The minutes of a table of a forum: four sections and the notes they rest on, published as an act like any other, so
that both sides agree with them or say why not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.acts import versions
from consulta.domain.acts.data import ActData
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Invalid, NotFound
from consulta.domain.forums.reading import ForumView
from consulta.models.acts import Act, ActKind
from consulta.models.base import Localized, table_of
from consulta.models.contributions import Contribution
from consulta.models.forums import ForumKind
from consulta.models.papers import Paper, PaperBatch, PaperNote

SECTIONS = {
    "said_most": "Lo que más se dijo",
    "agreed": "En qué hubo acuerdo",
    "disagreed": "En qué no hubo acuerdo",
    "proposed": "Qué se propuso",
}
NOTES = "Notas en que se basa: "


def key_of(forum: ForumView, theme: ThemeView) -> str:
    """The address of the act."""
    return f"acta-{forum.key}-{theme.slug}"[:80]


def composed(sections: Mapping[str, str], numbers: Sequence[int]) -> str:
    """The text of the minutes: each section that says something under its heading, then the notes."""
    parts = [
        f"{heading}\n{sections[name].strip()}" for name, heading in SECTIONS.items() if sections.get(name, "").strip()
    ]
    notes = [NOTES + ", ".join(f"n.º {number}" for number in numbers)] if numbers else []
    return "\n\n".join([*parts, *notes])


def taken_apart(text: str) -> tuple[dict[str, str], list[int]]:
    """The sections and the notes of a text that ``composed`` made."""
    body, _, notes = text.partition(NOTES)
    headings = "|".join(re.escape(heading) for heading in SECTIONS.values())
    pieces = re.split(rf"(?:^|\n\n)({headings})\n", body)
    names = {heading: name for name, heading in SECTIONS.items()}
    sections = {names[heading]: said.strip() for heading, said in zip(pieces[1::2], pieces[2::2], strict=True)}
    return sections, [int(number) for number in re.findall(r"\d+", notes)]


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
    sections: Mapping[str, str],
    numbers: Sequence[int],
    *,
    seen: int,
    reason: Localized | None,
    actor: str,
    now: datetime,
) -> str:
    """Publish the minutes of a table, or their next version; the address of the act."""
    if theme.slug not in {table.theme for table in forum.tables}:
        raise NotFound("Esa mesa no es de este foro.")
    if not any(sections.get(name, "").strip() for name in SECTIONS):
        raise Invalid("Escriba al menos una de las cuatro partes.", field="said_most")
    strange = sorted(set(numbers) - _notes(db, forum, theme, numbers))
    if strange:
        raise Invalid(
            "Estas notas no son de hojas de esta mesa: %(numbers)s.",
            numbers=", ".join(map(str, strange)),
            field="notes",
        )
    day, kind = consultation.today(forum.data.starts_at), forum.data.kind
    texts: dict[str, Localized] = {"minutes": {"es": composed(sections, numbers)}}
    if forum.data.texts.get("place"):
        texts["place"] = forum.data.texts["place"]
    data = ActData(
        kind=ActKind.THEMATIC if kind is ForumKind.ROUNDTABLE else ActKind.FORUM,
        theme=theme.slug,
        held_from=day,
        title=_title(forum, theme),
        texts=texts,
    )
    key = key_of(forum, theme)
    versions.publish(db, consultation, data, key=key, seen=seen, reason=reason, actor=actor, now=now)
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
