"""Contributions, decisions and classifications as they are stored, in the form in which the entries say them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, targets
from consulta.domain.ledger.actions import Action
from consulta.models.accounts import Pseudonym
from consulta.models.base import table_of
from consulta.models.consultations import Reason, Theme
from consulta.models.contributions import Contribution, Contributor, Kind
from consulta.models.moderation import Classification, Decision, DecisionNote


def received(db: Session, view: ConsultationView, first: int, last: int) -> list[dict[str, Any]]:
    """Every contribution of these numbers with its text, what it is on, and its contributor."""
    base = table_of(Contribution)
    person = table_of(Contributor)
    opinion: Any = bodies.TABLES[Kind.OPINION]
    people = [c for c in person.c if c.name != "contribution_id"]
    rows = _mappings(
        db,
        select(base, opinion.c.body, opinion.c.body_salt, opinion.c.text_hash, *people)
        .select_from(base)
        .outerjoin(opinion, opinion.c.id == base.c.id)
        .join(person, person.c.contribution_id == base.c.id)
        .where(base.c.consultation_id == view.id, base.c.number.between(first, last)),
    )
    if any(row["kind"] is Kind.COMMENT for row in rows):  # asked apart: most pieces of a million hold none
        comment: Any = bodies.TABLES[Kind.COMMENT]
        query = select(base.c.id, comment.c.body, comment.c.body_salt, *targets.COLUMNS).select_from(base)
        query = targets.with_target(query.join(comment, comment.c.id == base.c.id))
        mine = base.c.consultation_id == view.id, base.c.number.between(first, last)
        own = {row["id"]: row for row in _mappings(db, query.where(*mine))}
        rows = [{**row, **own.get(row["id"], {})} for row in rows]
    return rows


def _mappings(db: Session, query: Select[Any]) -> list[dict[str, Any]]:
    found = db.connection().execute(query)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def in_clear(view: ConsultationView, row: dict[str, Any]) -> dict[str, Any]:
    """What the entry of its arrival says of it openly."""
    clear: dict[str, Any] = {
        "kind": row["kind"].value,
        "channel": row["channel"].value,
        "received": row["received_on"].isoformat(),
        "review_by": row["review_by"].isoformat(),
        "answer_by": row["answer_by"].isoformat(),
    }
    if row["kind"] is Kind.COMMENT:
        theme = view.theme_by_id(row.get("on_theme_id"))
        on = f"theme/{theme.slug}" if theme else f"contribution/{row.get('on_number')}"
        on = on if row.get("on_commitment") is None else f"commitment/{row['on_commitment']}"
        clear |= {"on": on, "part": row.get("part"), "parent": row.get("parent_number")}
    return clear


def decided(db: Session, view: ConsultationView, numbers: list[int]) -> dict[tuple[int, int], tuple[Any, ...]]:
    """Every decision upon these numbers, by number and ordinal: what its entry should say, its note, its salt."""
    base = table_of(Contribution)
    query = (
        select(
            base.c.number,
            Decision.ordinal,
            Decision.verdict,
            Decision.decided_at,
            Pseudonym.name,
            Reason.code,
            Reason.version,
            DecisionNote.note,
            DecisionNote.note_salt,
        )
        .join(base, base.c.id == Decision.contribution_id)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .outerjoin(DecisionNote, DecisionNote.decision_id == Decision.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Decision.account_id) & (Pseudonym.consultation_id == view.id),
        )
        .where(base.c.consultation_id == view.id, base.c.number.in_(numbers))
    )
    return {
        (r.number, r.ordinal): (
            [
                r.name,
                r.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                f"contribution:{r.verdict.value}",
                f"{r.code}@{r.version}" if r.code else None,
            ],
            r.note,
            r.note_salt,
        )
        for r in db.execute(query)
    }


def classified(db: Session, view: ConsultationView, numbers: list[int]) -> dict[tuple[int, int], tuple[Any, ...]]:
    """The same for classifications; they have no note."""
    base = table_of(Contribution)
    query = (
        select(
            base.c.number,
            Classification.ordinal,
            Classification.mentions,
            Classification.decided_at,
            Pseudonym.name,
            Theme.slug,
        )
        .join(base, base.c.id == Classification.contribution_id)
        .outerjoin(Theme, Theme.id == Classification.theme_id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Classification.account_id) & (Pseudonym.consultation_id == view.id),
        )
        .where(base.c.consultation_id == view.id, base.c.number.in_(numbers))
    )
    return {
        (r.number, r.ordinal): (
            [
                r.name,
                r.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "contribution:classify",
                r.slug,
                r.mentions,
            ],
        )
        for r in db.execute(query)
    }


def act(payload: dict[str, Any], action: str) -> list[Any]:
    """What an entry says of an act, in the order of ``decided`` and ``classified``."""
    if action == Action.CLASSIFY:
        return [action, payload["theme"], payload["mentions"]]
    return [action, payload["reason"]]
