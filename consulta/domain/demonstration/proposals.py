"""The invented proposals of the demonstration, written, sent and decided the same way as real ones."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.days import read_day
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.log import By
from consulta.domain.moderation import decisions
from consulta.domain.proposals import drafting, sending
from consulta.domain.proposals.sending import Sender
from consulta.domain.proposals.sources import Sources
from consulta.domain.sheets.sheet import Continuity, Line, Milestone, Responsible
from consulta.models.moderation import Verdict

Act = tuple[datetime, Callable[[datetime], None]]
PROSE = ("title", "problem", "objective", "action", "relevance", "ambition", "government", "others")
WHY = "Es una propuesta inventada para la demostración."


def acts(db: Session, consultation: ConsultationView, row: dict[str, Any], moderator: int, now: datetime) -> list[Act]:
    """Its arrival at noon of its day, and what was decided a day later."""
    day = read_day(row["day"], consultation.today(now))
    noon = min(now, datetime.combine(day, time(12), tzinfo=consultation.timezone).astimezone(UTC))
    sent: dict[str, int] = {}
    done: list[Act] = [(noon, lambda at: sent.update(number=_send(db, consultation, row, at)))]
    if row["status"] == "published":
        later = min(now, noon + timedelta(days=1))
        done.append((later, lambda at: _publish(db, consultation, sent["number"], moderator, at)))
    return done


def _send(db: Session, consultation: ConsultationView, row: dict[str, Any], at: datetime) -> int:
    key, _folio = drafting.begin(
        db, consultation, organization=None, submission=secrets.token_hex(16), account_id=None, language="es", now=at
    )
    draft = drafting.find(db, consultation, key, actor=None, held=True)
    goals = tuple(
        Milestone(
            key=f"m{n}",
            text=text,
            deliverable=deliverable,
            number=n,
            number_text=f"{n}.",
            position=n,
            start=start,
            end=end,
            continuity=Continuity(continuity),
            parties=tuple(Responsible(name) for name in row["leads"]),
        )
        for n, (text, deliverable, start, end, continuity) in enumerate(row["milestones"], start=1)
    )
    changes = {name: row[name] or None for name in PROSE}
    leads = tuple(Line(name, name) for name in row["leads"])
    undecided = frozenset({"contacts"} | (set() if leads else {"leads"}))
    drafting.save(
        db,
        draft,
        "problem",
        {**changes, "theme": row["theme"], "leads": leads, "milestones": goals, "undecided": undecided},
        seen=0,
        now=at,
    )
    drafting.save(db, draft, "answers", {}, seen=0, now=at, sources=Sources(unrelated=WHY))
    draft = drafting.find(db, consultation, key, actor=None, held=True)
    return sending.send(
        db,
        draft,
        Sender(name=row["name"], publish_name=row["publish_name"]),
        by=By(None, ledger.PUBLIC),
        folio=None,
        signs=True,
        language="es",
        now=at,
    )


def _publish(db: Session, consultation: ConsultationView, number: int, moderator: int, at: datetime) -> None:
    decisions.decide(
        db,
        consultation=consultation,
        number=number,
        verdict=Verdict.PUBLISH,
        reason_code=None,
        note=None,
        ordinal=0,
        by=by(db, consultation, moderator),
        now=at,
    )
