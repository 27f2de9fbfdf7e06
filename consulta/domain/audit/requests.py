"""What somebody asked for herself, and who would sign for an organisation: the entries against the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import instant
from consulta.domain.organizations.succession import VOICE
from consulta.models.accounts import Pseudonym, RequestState, RoleRequest, Sector
from consulta.models.organizations import Organization, SignatoryRequest

from .reader import Entry

WAITING = RequestState.WAITING.value
Asked = dict[str, Any]
"""A request as its entries leave it, by the names of its columns; people by pseudonym."""


class Requests:
    """Each request in the order of its subject, asked and answered."""

    subjects = frozenset({"person", "organization"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.asked: dict[str, list[Asked]] = defaultdict(list)

    def entry(self, entry: Entry) -> None:
        """One entry of asking, or of an answer to the last that was asked."""
        mine, payload = self.asked[f"{entry.noun}/{entry.key}"], entry.payload
        unanswered = {"state": WAITING, "answer": None, "answered_at": None}
        if entry.action is Action.ROLE_ASK:
            asked = {name: payload[name] for name in ("change", "role", "terms", "reason")}
            mine.append({**asked, "asked_at": entry.recorded, "answered_by": None, **unanswered})
        elif entry.action is Action.ROLE_ANSWER:
            mine[-1] |= {"state": payload["state"], "answer": payload["reason"]}
            mine[-1] |= {"answered_by": entry.actor, "answered_at": entry.recorded}
        elif entry.action is Action.SIGNATORY_ASK:
            asked = {"who": payload["member"], "asked_by": entry.actor, "reason": payload["reason"]}
            mine.append({**asked, "asked_at": entry.recorded, "gov_by": None, "cso_by": None, **unanswered})
        elif entry.action is Action.SIGNATORY_ANSWER:
            mine[-1] |= {"state": payload["state"]}
            if payload["agrees"]:
                mine[-1] |= {VOICE[Sector(payload["sector"])]: entry.actor}
            else:
                mine[-1] |= {"answer": payload["reason"]}
            if payload["state"] != WAITING:
                mine[-1] |= {"answered_at": entry.recorded}

    def faults(self) -> Iterator[str]:
        """Requests that no entry says, that are gone, or that are not as the entries say."""
        stored: dict[str, list[Asked]] = defaultdict(list)
        for subject, row in [*_of_roles(self.db, self.view), *_of_signatures(self.db, self.view)]:
            stored[subject].append(row)
        for subject in sorted(stored.keys() | self.asked.keys()):
            if stored.get(subject, []) != self.asked.get(subject, []):
                yield f"{subject}: what was asked, or answered, is not what the entries say"


def _of_roles(db: Session, view: ConsultationView) -> list[tuple[str, Asked]]:
    r, whose, answers = RoleRequest, aliased(Pseudonym), aliased(Pseudonym)
    query = select(r, whose.name, answers.name)
    for column, name in ((r.account_id, whose), (r.answered_by, answers)):
        query = query.outerjoin(name, (name.account_id == column) & (name.consultation_id == view.id))
    rows = db.execute(query.where(r.consultation_id == view.id).order_by(r.id))
    return [
        (
            f"person/{who}",
            {
                "change": one.change.value,
                "role": one.role.value,
                "terms": one.terms,
                "reason": one.reason,
                "asked_at": instant(one.asked_at),
                "answered_by": answered_by,
                "state": one.state.value,
                "answer": one.answer,
                "answered_at": instant(one.answered_at) if one.answered_at else None,
            },
        )
        for one, who, answered_by in rows
    ]


def _of_signatures(db: Session, view: ConsultationView) -> list[tuple[str, Asked]]:
    r = SignatoryRequest
    people = {"who": r.account_id, "asked_by": r.asked_by, "gov_by": r.gov_by, "cso_by": r.cso_by}
    named = {name: aliased(Pseudonym) for name in people}
    query = select(r, Organization.slug, *(one.name for one in named.values()))
    query = query.join(Organization, Organization.id == r.organization_id)
    for name, column in people.items():
        mine = (named[name].account_id == column) & (named[name].consultation_id == view.id)
        query = query.outerjoin(named[name], mine)
    rows = db.execute(query.where(Organization.consultation_id == view.id).order_by(r.id))
    return [
        (
            f"organization/{slug}",
            {
                **dict(zip(named, names, strict=True)),
                "reason": one.reason,
                "asked_at": instant(one.asked_at),
                "state": one.state.value,
                "answer": one.answer,
                "answered_at": instant(one.answered_at) if one.answered_at else None,
            },
        )
        for one, slug, *names in rows
    ]
