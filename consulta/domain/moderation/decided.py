"""What was decided, the latest first: by everybody, or by one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies
from consulta.models.accounts import Pseudonym
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Reason
from consulta.models.contributions import Contribution, Kind
from consulta.models.moderation import Decision, Verdict

PAGE = 20


@dataclass(frozen=True)
class Decided:
    """One decision. ``latest``: nobody decided upon it since; ``excerpt``: empty once the text is gone."""

    id: int
    number: int
    kind: Kind
    excerpt: str
    theme_id: int | None
    verdict: Verdict
    reason: Localized | None
    who: str
    at: datetime
    latest: bool


def decided(
    db: Session,
    consultation: ConsultationView,
    *,
    scope: Sequence[int] | None = None,
    account_id: int | None = None,
    verdict: Verdict | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> list[Decided]:
    """The decisions after (so before) the one with this id; ``scope``: the themes of a moderator bound to some, and
    what has none; ``account_id``: of one person; ``verdict``: of one kind."""
    d, c, p, later = Decision, table_of(Contribution).c, Pseudonym, table_of(Decision).alias("later")
    newer = select(later.c.id).where(later.c.contribution_id == d.contribution_id, later.c.ordinal > d.ordinal).exists()
    columns = (d.id, c.number, c.kind, c.title, bodies.BODY, c.theme_id, d.verdict, Reason.title, p.name, d.decided_at)
    query = (
        bodies.with_body(select(*columns, newer).join(table_of(Contribution), c.id == d.contribution_id))
        .outerjoin(Reason, Reason.id == d.reason_id)
        .join(p, (p.account_id == d.account_id) & (p.consultation_id == consultation.id))
        .where(c.consultation_id == consultation.id)
    )
    query = query.where(c.theme_id.in_(scope) | c.theme_id.is_(None)) if scope is not None else query
    query = query.where(d.account_id == account_id) if account_id is not None else query
    query = query.where(d.verdict == verdict) if verdict is not None else query
    query = query.where(d.id < after) if after is not None else query
    return [
        Decided(id_, number, kind, bodies.excerpt(title, body), theme, said, reason, who, at, not overruled)
        for id_, number, kind, title, body, theme, said, reason, who, at, overruled in db.execute(
            query.order_by(d.id.desc()).limit(limit)
        )
    ]
