"""A contribution's status, confirmation and themes move, with all that follows them. No other way sets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.results import tally
from consulta.domain.rows import changed
from consulta.models.base import table_of
from consulta.models.comments import Comment
from consulta.models.consultations import Theme
from consulta.models.contributions import Contribution, Contributor, Kind, Status
from consulta.models.moderation import Mention

from . import bodies, latest, prints, search, similar


@dataclass(frozen=True)
class Occasion:
    """Who acts upon a contribution, how and when, and what the ledger says of it besides the new status. ``subject``:
    of an entry that is about something else of the contribution, such as a report."""

    number: int
    action: Action
    actor: str
    recorded: date | datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None


SHOWING = frozenset({Action.RECEIVE, Action.PUBLISH, Action.CLASSIFY, Action.CONFIRM, Action.SUPPORT, Action.GO_ON})
"""Acts that take nothing out of public."""


def record(db: Session, consultation: ConsultationView, on: Occasion, **besides: Any) -> None:
    """Collect the ledger entry of an act upon one contribution; ``besides``: what is added to its payload."""
    if on.action not in SHOWING:
        db.info["hides"] = True
    ledger.note(
        db,
        consultation,
        actor=on.actor,
        action=on.action,
        subject=on.subject or f"contribution/{on.number}",
        payload={**on.payload, **besides},
        recorded=on.recorded,
    )


def facts_of(db: Session, contribution_ids: Iterable[int]) -> dict[int, tally.Facts]:
    """The facts of contributions as they are stored now, by id."""
    ids = list(contribution_ids)
    query = (
        select(
            Contribution.id,
            Contribution.consultation_id,
            Contribution.kind,
            Contribution.status,
            Theme.slug,
            Contribution.confirmed,
            Contribution.awaiting_review,
            Contribution.received_on,
            Contribution.channel,
            Contribution.department,
            Contributor.taking_part_as,
            Contributor.age_group,
            Contributor.gender,
            Contributor.language,
        )
        .join(Contributor, Contributor.contribution_id == Contribution.id)
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .where(Contribution.id.in_(ids))
    )
    mentions = _mentions(db, ids)
    return {
        row.id: tally.Facts(
            consultation_id=row.consultation_id,
            kind=row.kind,
            status=row.status,
            theme=row.slug or "",
            confirmed=row.confirmed,
            day=row.received_on,
            channel=row.channel.value,
            department=row.department or "",
            taking_part_as=row.taking_part_as or "",
            age_group=row.age_group or "",
            gender=row.gender or "",
            language=row.language or "",
            mentions=tuple(mentions.get(row.id, ())),
            awaiting=row.awaiting_review,
        )
        for row in db.execute(query)
    }


def _mentions(db: Session, contribution_ids: Sequence[int]) -> dict[int, list[str]]:
    """The slugs of their secondary themes, by id, in the order of the themes."""
    found: dict[int, list[str]] = {}
    query = select(Mention.contribution_id, Theme.slug).join(Theme, Theme.id == Mention.theme_id)
    for id_, slug in db.execute(query.where(Mention.contribution_id.in_(contribution_ids)).order_by(Theme.position)):
        found.setdefault(id_, []).append(slug)
    return found


def change(
    db: Session,
    consultation: ConsultationView,
    contribution_id: int,
    on: Occasion,
    *,
    status: Status | None = None,
    awaiting: bool | None = None,
    confirmed: bool | None = None,
    themes: tuple[ThemeView | None, Sequence[ThemeView]] | None = None,
) -> None:
    """Move one contribution's status, confirmation or ``themes`` (the primary and the mentions), with its figures, its
    place in lists and search, and its ledger entry. The caller has locked the row by a conditional UPDATE. What staff
    publishes is published on that day; what its author takes back into public stays where it was."""
    before = facts_of(db, [contribution_id])[contribution_id]
    asked = {"status": status, "awaiting_review": awaiting, "confirmed": confirmed}
    values: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    if themes is not None:
        values["theme_id"] = themes[0].id if themes[0] else None
        _mention(db, contribution_id, themes[1])
    if status is Status.PUBLISHED and before.status is not status and isinstance(on.recorded, datetime):
        values["published_on"] = consultation.today(on.recorded)
        values["published_order"] = latest.next_place(db, consultation.id)
    if values:
        rows = table_of(Contribution)
        db.execute(update(rows).where(rows.c.id == contribution_id).values(**values))
    _follow(db, consultation, contribution_id, before, facts_of(db, [contribution_id])[contribution_id])
    record(db, consultation, on, **({"status": status.value} if status is not None else {}))


def erase(db: Session, consultation: ConsultationView, contribution_id: int, on: Occasion) -> None:
    """Destroy text, title, name, address, traits and their salts, with the figures, the place in search and the ledger
    entry; the number and what is counted stay. The caller has locked the row."""
    before = facts_of(db, [contribution_id])[contribution_id]
    rows = table_of(Contribution)
    gone = dict.fromkeys(("title", "title_salt", "department", "department_salt"))
    db.execute(
        update(rows).where(rows.c.id == contribution_id).values(status=Status.ERASED, awaiting_review=False, **gone)
    )
    bodies.erase(db, contribution_id)
    empty = dict.fromkeys(("name", "email", "mail_language", *tally.TRAITS))
    salts = dict.fromkeys(f"{name}_salt" for name in ("name", "email", *tally.TRAITS))
    whose = update(Contributor).where(Contributor.contribution_id == contribution_id)
    db.execute(whose.values(**empty, **salts, publish_name=False))
    _mention(db, contribution_id, ())
    _follow(db, consultation, contribution_id, before, before.erased())
    record(db, consultation, on, status=Status.ERASED.value)


def _mention(db: Session, contribution_id: int, themes: Sequence[ThemeView]) -> None:
    """Put the secondary themes in the place of those before."""
    db.execute(delete(Mention).where(Mention.contribution_id == contribution_id))
    if themes:
        db.execute(insert(Mention), [{"contribution_id": contribution_id, "theme_id": m.id} for m in themes])


def _follow(
    db: Session, consultation: ConsultationView, contribution_id: int, before: tally.Facts, after: tally.Facts
) -> None:
    """Everything that follows a status: figures, search, a comment's place, a proposal's likeness and its document."""
    if after.kind is Kind.COMMENT and before.status is not after.status:
        _show(db, contribution_id, shown=after.status is Status.PUBLISHED)
    tally.move(db, before, after)
    search.refresh(db, consultation, contribution_id)
    if after.kind is Kind.PROPOSAL:
        similar.refresh(db, consultation.id, contribution_id)
        if before.status is Status.PUBLISHED and after.status is not Status.PUBLISHED:
            prints.forget(db, consultation.id)


def _show(db: Session, contribution_id: int, *, shown: bool) -> None:
    """A comment's place in its list, and the count of its thread's replies, follow its status."""
    comments = table_of(Comment)
    moved = (comments.c.id == contribution_id) & (comments.c.shown.is_not(shown))
    parent = db.execute(update(comments).where(moved).values(shown=shown).returning(comments.c.parent_id)).first()
    if parent is not None and parent[0] is not None:
        count_reply(db, parent[0], 1 if shown else -1)


def count_reply(db: Session, parent_id: int, by: int) -> None:
    """One more (or one less) reply of a comment is shown."""
    comments = table_of(Comment)
    db.execute(update(comments).where(comments.c.id == parent_id).values(replies=comments.c.replies + by))


@dataclass(frozen=True)
class StoredContribution:
    """What an act upon a contribution needs to know of it."""

    id: int
    consultation_id: int
    number: int
    status: Status
    awaiting_review: bool
    ordinal: int
    theme_id: int | None
    kind: Kind


def by_number(db: Session, consultation: ConsultationView, number: int) -> StoredContribution:
    """The contribution of this number; ``NotFound`` else."""
    row = db.execute(
        select(
            Contribution.id,
            Contribution.consultation_id,
            Contribution.number,
            Contribution.status,
            Contribution.awaiting_review,
            Contribution.ordinal,
            Contribution.theme_id,
            Contribution.kind,
        ).where(Contribution.consultation_id == consultation.id, Contribution.number == number)
    ).first()
    if row is None:
        raise NotFound("No hay ningún aporte con ese número.")
    return StoredContribution(*row)


def lock(db: Session, contribution_id: int, *, status: Status) -> bool:
    """Take the row if it still has this status; on PostgreSQL this waits for whoever has it."""
    contributions = table_of(Contribution)
    done = changed(
        db,
        update(contributions)
        .where(contributions.c.id == contribution_id, contributions.c.status == status)
        .values(status=status),
    )
    return bool(done)
