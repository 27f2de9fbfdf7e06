"""Published proposals that say much the same: by the words that they share, so that one can join or cite them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.sheets.sheet import Sheet
from consulta.domain.texts import words_by_stem
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.proposals import Proposal, ProposalTerm

ASKED, SHOWN, LEAST = 30, 5, 4
"""Stems that are asked for, proposals shown, stems that must be shared."""
SHORTEST = 5
"""Letters of a word that says what something is about."""
MAX_KEPT = 120
_T = table_of(ProposalTerm)
_C = table_of(Contribution)
_P = table_of(Proposal)


@dataclass(frozen=True)
class Similar:
    """A published proposal and the words that it shares, as the text at hand writes them."""

    number: int
    title: str
    words: tuple[str, ...]


def refresh(db: Session, consultation_id: int, contribution_id: int) -> None:
    """Keep the stems of a published proposal, and of nothing else."""
    forget(db, contribution_id)
    query = select(_C.c.status, _C.c.title, _P.c.body).join(_P, _P.c.id == _C.c.id).where(_C.c.id == contribution_id)
    row = db.execute(query).first()
    if row is None or row.status is not Status.PUBLISHED:
        return
    rows = [
        {"proposal_id": contribution_id, "stem": stem, "consultation_id": consultation_id}
        for stem in terms(row.title, row.body)
    ]
    if rows:
        db.execute(insert(_T), rows)


def terms(title: str | None, body: str | None) -> list[str]:
    """The stems that are kept of a proposal."""
    return list(_telling(f"{title} {body}", MAX_KEPT))


def forget(db: Session, contribution_id: int) -> None:
    """Drop the stems of a proposal."""
    db.execute(delete(_T).where(_T.c.proposal_id == contribution_id))


def find(db: Session, consultation: ConsultationView, sheet: Sheet, *, except_: int | None) -> list[Similar]:
    """Those that share most with what a sheet says of title, problem, objective and action; ``except_``: not itself."""
    said = " ".join(part for part in (sheet.title, sheet.problem, sheet.objective, sheet.action) if part)
    words = _telling(said, ASKED)
    if len(words) < LEAST:
        return []
    shared = func.count().label("shared")
    query = (
        select(_T.c.proposal_id, shared)
        .where(_T.c.consultation_id == consultation.id, _T.c.stem.in_(list(words)), _T.c.proposal_id != (except_ or 0))
        .group_by(_T.c.proposal_id)
        .having(shared >= LEAST)
        .order_by(shared.desc(), _T.c.proposal_id)
        .limit(SHOWN)
    )
    ids = [row.proposal_id for row in db.execute(query)]
    if not ids:
        return []
    titles = {r.id: r for r in db.execute(select(_C.c.id, _C.c.number, _C.c.title).where(_C.c.id.in_(ids)))}
    stems: dict[int, list[str]] = {id_: [] for id_ in ids}
    mine = select(_T.c.proposal_id, _T.c.stem).where(_T.c.proposal_id.in_(ids), _T.c.stem.in_(list(words)))
    for row in db.execute(mine.order_by(_T.c.stem)):
        stems[row.proposal_id].append(words[row.stem])
    return [Similar(titles[id_].number, titles[id_].title or "", tuple(stems[id_])) for id_ in ids]


def _telling(text: str, limit: int) -> dict[str, str]:
    """The longest words of a text by their stem: long words say most about what it is about."""
    words = {stem: word for stem, word in words_by_stem(text).items() if len(word) >= SHORTEST}
    chosen = sorted(words, key=lambda stem: (-len(stem), stem))[:limit]
    return {stem: words[stem] for stem in chosen}
