"""What is overdue and undecided, in figures: no fault of the log, but what it would be silent about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.rows import together
from consulta.models.accounts import RequestState, RoleRequest
from consulta.models.base import table_of
from consulta.models.consultations import ConsultationKind
from consulta.models.contributions import IS_WAITING, Contribution
from consulta.models.forums import Forum, ForumVersion
from consulta.models.organizations import Organization, SignatoryRequest, Standing


def overdue(db: Session, view: ConsultationView, *, now: datetime) -> dict[str, int]:
    """How many of each kind, by what they are called; one statement, and nothing of a record."""
    if view.kind is ConsultationKind.RECORD:
        return {}
    found = together(db, _queries(view, now))
    figures = {name: int(rows[0]["n"]) for name, rows in found.items() if name != "contents"}
    ended = sum(1 for row in found["contents"] if datetime.fromisoformat(row["content"]["ends_at"]) < now)
    return {name: n for name, n in {**figures, "forums over and not closed": ended}.items() if n}


def _queries(view: ConsultationView, now: datetime) -> dict[str, Select[*tuple[Any, ...]]]:
    today, c, o, f = view.today(now), table_of(Contribution).c, Organization, Forum
    late = select(func.count().label("n")).select_from(table_of(Contribution))
    late = late.where(c.consultation_id == view.id, IS_WAITING)
    asked = (Standing.ASKED, Standing.APPEALED)
    waits = RequestState.WAITING
    named = (
        select(func.count().label("n")).select_from(SignatoryRequest).join(o, o.id == SignatoryRequest.organization_id)
    )
    open_ = (f.consultation_id == view.id, f.closed_at.is_(None), f.cancelled.is_(False))
    return {
        "contributions past their review": late.where(c.review_by < today),
        "contributions nobody decided upon": late.where(c.review_by >= today),
        "organisations past their answer": select(func.count().label("n")).where(
            o.consultation_id == view.id, o.standing.in_(asked), o.answer_by < today
        ),
        "roles asked for and not answered": select(func.count().label("n")).where(
            RoleRequest.consultation_id == view.id, RoleRequest.state == waits
        ),
        "signatures asked for and not answered": named.where(
            o.consultation_id == view.id, SignatoryRequest.state == waits
        ),
        "contents": select(ForumVersion.content)
        .join(f, (f.id == ForumVersion.forum_id) & (f.version == ForumVersion.version))
        .where(*open_),
    }
