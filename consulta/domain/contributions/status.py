"""A contribution's status, confirmation and themes move, with their figures. There is no other way to set them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.results import tally
from consulta.models.base import table_of
from consulta.models.comments import Comment
from consulta.models.consultations import Theme
from consulta.models.contributions import Contribution, Contributor, Kind, Status
from consulta.models.moderation import Mention

from . import prints, search, similar


def record(
    db: Session,
    consultation: ConsultationView,
    *,
    actor: str,
    action: Action,
    number: int,
    recorded: date | datetime,
    payload: dict[str, Any],
) -> None:
    """Collect the ledger entry of an act upon one contribution."""
    ledger.note(
        db,
        consultation,
        actor=actor,
        action=action,
        subject=f"contribution/{number}",
        payload=payload,
        recorded=recorded,
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
    mentions: dict[int, list[str]] = {}
    for id_, slug in db.execute(
        select(Mention.contribution_id, Theme.slug)
        .join(Theme, Theme.id == Mention.theme_id)
        .where(Mention.contribution_id.in_(ids))
        .order_by(Theme.position)
    ):
        mentions.setdefault(id_, []).append(slug)
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
        )
        for row in db.execute(query)
    }


def change(
    db: Session,
    consultation: ConsultationView,
    *,
    contribution_id: int,
    status: Status | None = None,
    awaiting: bool | None = None,
    confirmed: bool | None = None,
    theme: ThemeView | None = None,
    mentions: Sequence[ThemeView] | None = None,
    classify: bool = False,
) -> None:
    """Move one contribution's status, confirmation or themes, with its figures and its place in search.

    The caller has locked the row by a conditional UPDATE and records the ledger entry.
    """
    before = facts_of(db, [contribution_id])[contribution_id]
    values: dict[str, Any] = {}
    if status is not None:
        values["status"] = status
    if awaiting is not None:
        values["awaiting_review"] = awaiting
    if confirmed is not None:
        values["confirmed"] = confirmed
    if classify:
        values["theme_id"] = theme.id if theme else None
        db.execute(delete(Mention).where(Mention.contribution_id == contribution_id))
        if mentions:
            db.execute(insert(Mention), [{"contribution_id": contribution_id, "theme_id": m.id} for m in mentions])
    contributions = table_of(Contribution)
    db.execute(update(contributions).where(contributions.c.id == contribution_id).values(**values))
    after = facts_of(db, [contribution_id])[contribution_id]
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
    done = db.execute(
        update(contributions)
        .where(contributions.c.id == contribution_id, contributions.c.status == status)
        .values(status=status)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget_mentions(db: Session, contribution_id: int) -> None:
    """Take away the secondary themes of what is being erased."""
    db.execute(delete(Mention).where(Mention.contribution_id == contribution_id))
