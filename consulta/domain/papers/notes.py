"""What people said at a forum: numbered sheets, printed in batches and entered note by note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission
from consulta.domain.contributions import incoming as contribution_incoming
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.forums.reading import ForumView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import changed, read
from consulta.domain.texts import OTHER_MAX, says_something
from consulta.models.base import table_of
from consulta.models.contributions import Channel, Contribution, Kind, Status
from consulta.models.moderation import Intake
from consulta.models.opinions import Opinion
from consulta.models.papers import Paper, PaperBatch, PaperNote, PaperState

_P = table_of(Paper)
_B = table_of(PaperBatch)
_N = table_of(PaperNote)


@dataclass(frozen=True)
class Note:
    """One note as it was written, with the language it is in; ``objection``: raised when the notes were read back."""

    body: str
    language: str | None = None
    objection: bool = False


@dataclass(frozen=True)
class PaperView:
    """One sheet as the desk sees it."""

    id: int
    number: int
    theme_id: int
    state: PaperState
    notes: int


def enter(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    number: int,
    notes: Sequence[Note],
    *,
    by: By,
    now: datetime,
) -> int:
    """Enter what a sheet says; how many notes it has then."""
    before = one(db, forum, number).notes
    return before + enter_all(db, consultation, forum, {number: notes}, by=by, now=now)


def enter_all(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    notes: Mapping[int, Sequence[Note]],
    *,
    by: By,
    now: datetime,
) -> int:
    """Enter what sheets say, each note as an opinion of its table's theme; how many are new, at most 200. A note that
    its sheet has already, in the same words, is not entered again."""
    fresh: list[tuple[PaperView, int, Note]] = []
    for number, said in sorted(notes.items()):
        sheet = one(db, forum, number)
        if sheet.state not in (PaperState.OUT, PaperState.ENTERED):
            raise Conflict(
                "La hoja %(number)s está anotada como en blanco o perdida. Corrija eso primero.", number=number
            )
        if any(not says_something(note.body) or len(note.body) > OTHER_MAX for note in said):
            raise Invalid("Cada nota lleva de una a 20,000 letras.", field="body")
        known = _bodies(db, sheet.id)
        new = [note for note in dict.fromkeys(said) if note.body not in known]
        fresh += [(sheet, line, note) for line, note in enumerate(new, start=len(known) + 1)]
    _take(db, {sheet.id for sheet, _, _ in fresh})
    if fresh:
        _admit(db, consultation, forum, fresh, by, now)
    return len(fresh)


def settle(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    first: int,
    last: int,
    state: PaperState,
    *,
    by: By,
    now: datetime,
) -> int:
    """Note sheets as blank, lost, or still out after all; how many changed. One that was entered stays entered."""
    if first > last or state is PaperState.ENTERED:
        raise Invalid("Escriba el primer y el último número de las hojas.", field="first")
    span = (_P.c.forum_id == forum.id) & _P.c.number.between(first, last)
    there = db.execute(select(func.count()).where(span)).scalar_one()
    if there != last - first + 1:
        raise Invalid("No todas esas hojas son de este foro. Revise los números.", field="first")
    free = span & (_P.c.state != PaperState.ENTERED) & (_P.c.state != state)
    settled = changed(db, update(_P).where(free).values(state=state))
    if settled:
        payload = {"first": first, "last": last, "state": state.value}
        note(db, consultation, forum, Action.PAPER_SETTLE, by, now, payload)
    return settled


def one(db: Session, forum: ForumView, number: int) -> PaperView:
    """A sheet by its number; ``NotFound`` for one of another forum."""
    count = select(func.count()).where(_N.c.paper_id == _P.c.id).scalar_subquery()
    row = db.execute(
        select(_P.c.id, _P.c.number, _B.c.theme_id, _P.c.state, count)
        .join(_B, _B.c.id == _P.c.batch_id)
        .where(_P.c.forum_id == forum.id, _P.c.number == number)
    ).first()
    if row is None:
        raise NotFound("No hay una hoja %(number)s en este foro.", number=number)
    return PaperView(*row)


@dataclass(frozen=True)
class SaidNote:
    """A note that was entered: its number among the contributions, its sheet, its text (``None``: it is gone)."""

    number: int
    sheet: int
    body: str | None


def said(db: Session, forum: ForumView, *, theme_id: int | None = None, paper_id: int | None = None) -> list[SaidNote]:
    """What was entered of one table's sheets, or of one sheet, in the order of the sheets; up to 500."""
    c, o = table_of(Contribution), table_of(Opinion)
    query = select(c.c.number, _P.c.number, o.c.body).join(_N, _N.c.contribution_id == c.c.id)
    query = query.join(_P, _P.c.id == _N.c.paper_id).join(_B, _B.c.id == _P.c.batch_id).join(o, o.c.id == c.c.id)
    mine = [_B.c.forum_id == forum.id]
    mine += [_B.c.theme_id == theme_id] if theme_id is not None else []
    mine += [_P.c.id == paper_id] if paper_id is not None else []
    return read(db, query.where(*mine).order_by(_P.c.number, _N.c.line, c.c.id).limit(500), SaidNote)


def _bodies(db: Session, paper_id: int) -> list[str]:
    query = select(Opinion.body).join(_N, _N.c.contribution_id == Opinion.id).where(_N.c.paper_id == paper_id)
    return [body or "" for body in db.execute(query).scalars()]


def _take(db: Session, ids: set[int]) -> None:
    """Mark sheets as entered, unless somebody has noted meanwhile that they are blank or lost."""
    free = _P.c.id.in_(ids) & _P.c.state.in_([PaperState.OUT, PaperState.ENTERED])
    taken = changed(db, update(_P).where(free).values(state=PaperState.ENTERED))
    if taken != len(ids):
        raise Conflict("Otra persona acaba de cambiar una de estas hojas. Vuelva a abrirla.")


def _admit(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    fresh: Sequence[tuple[PaperView, int, Note]],
    by: By,
    now: datetime,
) -> None:
    incoming = [
        contribution_incoming.Admission(
            kind=Kind.OPINION,
            channel=Channel.FORUM,
            status=Status.RECEIVED,
            body=note.body,
            language=note.language,
            theme=consultation.theme_by_id(sheet.theme_id),
            received_on=consultation.today(forum.data.starts_at),
            source=f"foro:{forum.key}",
            external_id=f"{sheet.number}-{line}",
        )
        for sheet, line, note in fresh
    ]
    try:
        made = admission.admit(db, consultation, incoming, today=consultation.today(now), actor=by.pseudonym)
    except IntegrityError as error:
        raise Conflict("Otra persona acaba de ingresar notas de esta hoja. Vuelva a abrirla.") from error
    db.execute(insert(Intake), [{"contribution_id": one_.id, "account_id": by.account_id} for one_ in made])
    rows = [
        {"contribution_id": one_.id, "paper_id": sheet.id, "line": line, "objection": note.objection}
        for one_, (sheet, line, note) in zip(made, fresh, strict=True)
    ]
    db.execute(insert(_N), rows)


def note(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    action: Action,
    by: By,
    now: datetime,
    payload: dict[str, Any],
) -> None:
    """An entry upon a forum's sheets."""
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=action,
        subject=f"forum/{forum.key}@{forum.version}",
        recorded=now,
        payload=payload,
    )
