"""What goes of a proposal: everything when its author asks for it, and drafts that nobody sent or goes on with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consulta.domain.contributions import similar
from consulta.domain.sheets import store
from consulta.models.base import table_of
from consulta.models.proposals import Dismissal, DraftSource, DraftStep, Proposal, ProposalDraft, Sponsor
from consulta.models.sheets import SheetVersion, StoredSheet

KEPT, PIECE = timedelta(days=365), 50
"""How long a draft that nobody sent is kept after it was saved last."""
_P = table_of(Proposal)
_D = table_of(ProposalDraft)
_V = table_of(SheetVersion)


def forget(db: Session, contribution_id: int) -> None:
    """Destroy what a proposal says in every version, and its draft; numbers and what it answered to stay."""
    sheet = db.execute(select(_P.c.sheet_id).where(_P.c.id == contribution_id)).scalar()
    if sheet is None:
        return
    _clear(db, sheet)
    similar.forget(db, contribution_id)
    db.execute(update(_P).where(_P.c.id == contribution_id).values(unrelated=None, withdrawal=None))
    for draft_id in db.execute(select(_D.c.id).where(_D.c.contribution_id == contribution_id)).scalars().all():
        discard(db, draft_id)


def discard(db: Session, draft_id: int) -> None:
    """Delete a draft with everything that is its own."""
    sheet = db.execute(select(_D.c.sheet_id).where(_D.c.id == draft_id)).scalar_one()
    for model in (DraftSource, DraftStep, Sponsor):
        db.execute(delete(model).where(model.draft_id == draft_id))
    db.execute(delete(_D).where(_D.c.id == draft_id))
    _clear(db, sheet)
    db.execute(delete(SheetVersion).where(SheetVersion.sheet_id == sheet))
    db.execute(delete(StoredSheet).where(StoredSheet.id == sheet))


def expire(db: Session, *, now: datetime) -> int:
    """Discard drafts that nobody has saved for a year and that were never sent; how many."""
    old = select(_D.c.id).where(_D.c.saved_on < (now - KEPT).date(), _D.c.contribution_id.is_(None)).limit(PIECE)
    found = db.execute(old).scalars().all()
    for draft_id in found:
        discard(db, draft_id)
    return len(found)


def _clear(db: Session, sheet_id: int) -> None:
    versions = db.execute(select(_V.c.id).where(_V.c.sheet_id == sheet_id)).scalars().all()
    store.clear(db, versions)
    db.execute(delete(Dismissal).where(Dismissal.sheet_id == sheet_id))
