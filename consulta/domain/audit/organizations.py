"""What the entries say of bodies, of their requests, and of what each side said of minutes, against the tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.days import working_days_after
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import instant
from consulta.domain.organizations import enlisting
from consulta.domain.organizations.verification import WORKING_DAYS
from consulta.domain.texts import sort_key
from consulta.models.accounts import Pseudonym
from consulta.models.acts import Act, MinutesVoice
from consulta.models.organizations import Organization, Standing, Verification

from .reader import Entry

LISTED = ("name", "acronym", "sector", "capacities", "aliases", "earlier_names", "note", "source")
NOT_ASKED = {"asked_on": None, "answer_by": None, "round": 1, "appeal": None}
CONTACT = ("contact_email", "contact_phone", "contact_salt")
VERDICTS = {Action.ORGANIZATION_ACCEPT: True, Action.ORGANIZATION_REFUSE: False}
VOICES = {Action.MINUTES_AGREE: True, Action.MINUTES_DISAGREE: False}


class Organizations:
    """Bodies, the verdicts upon their requests, and the voices upon minutes."""

    subjects = frozenset({"organization", "act"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.standing: dict[str, str] = {}
        self.texts: dict[str, dict[str, Any]] = defaultdict(dict)
        self.requests: dict[str, dict[str, Any]] = defaultdict(lambda: dict(NOT_ASKED))
        self.contacts: dict[str, str | None] = {}
        self.verdicts: set[tuple[Any, ...]] = set()
        self.voices: set[tuple[Any, ...]] = set()

    def entry(self, entry: Entry) -> None:
        """One entry upon a body, or of a voice upon minutes."""
        action, subject, payload, said = entry.action, entry.key, entry.payload, (entry.actor, entry.recorded)
        if action in VOICES:
            self.voices.add((subject, payload["sector"], VOICES[action], payload["statement"], *said))
        if entry.noun == "act":
            return
        if action in VERDICTS:
            self.verdicts.add(
                (subject, payload["round"], payload["sector"], VERDICTS[action], payload["reason"], *said)
            )
        if action in (Action.ORGANIZATION_LIST, Action.ORGANIZATION_ASK):
            self.texts[subject] |= payload
            if contact := payload.get("commitments", {}).get("contact"):
                self.contacts[subject] = contact
        self._request(entry)
        after = {Action.ORGANIZATION_ASK: Standing.ASKED.value, Action.ORGANIZATION_APPEAL: Standing.APPEALED.value}
        now = payload.get("standing") or after.get(action) or self.standing.get(subject, Standing.LISTED.value)
        self.standing[subject] = now

    def _request(self, entry: Entry) -> None:
        """What is known of a body's request after this entry."""
        request = self.requests[entry.key]
        if entry.action is Action.ORGANIZATION_ASK:
            today = entry.day(self.view)
            anew = self.standing.get(entry.key) == Standing.REFUSED.value
            due = working_days_after(today, WORKING_DAYS)
            request |= {"asked_on": today, "answer_by": due, "round": request["round"] + anew, "appeal": None}
        if entry.action is Action.ORGANIZATION_APPEAL:
            due = working_days_after(entry.day(self.view), WORKING_DAYS)
            request |= {"answer_by": due, "round": entry.payload["round"], "appeal": entry.payload["text"]}

    def faults(self) -> list[str]:
        """What does not fit."""
        db, view = self.db, self.view
        found = _bodies(db, view, self)
        stored = {"verdict": (_verdicts(db, view), self.verdicts), "voice": (_voices(db, view), self.voices)}
        for noun, (rows, said) in stored.items():
            found += [f"{noun} upon {row[0]}: there is no entry that says it" for row in sorted(rows - said, key=str)]
            found += [f"{noun} upon {row[0]}: it is gone or changed" for row in sorted(said - rows, key=str)]
        return found


def _bodies(db: Session, view: ConsultationView, said: Organizations) -> list[str]:
    found, seen = [], set()
    for o in db.execute(select(Organization).where(Organization.consultation_id == view.id)).scalars():
        if not (o.listed or o.asked_on):
            continue  # a request that nobody confirmed is no entry yet
        seen.add(o.slug)
        if said.standing.get(o.slug) != o.standing.value:
            found.append(
                f"organization {o.slug}: stands as {o.standing.value}, entries say {said.standing.get(o.slug)}"
            )
        texts = said.texts[o.slug]
        wrong = [name for name in LISTED if name in texts and texts[name] != getattr(o, name)]
        wrong += [name for name, value in said.requests[o.slug].items() if getattr(o, name) != value]
        wrong += ["sort_key"] if o.sort_key != sort_key(o.name["es"]) else []
        wrong += ["contact"] if said.contacts.get(o.slug) not in (None, _contact(o)) else []
        found += [f"organization {o.slug}: {name} is not what the entries say" for name in wrong]
    return found + [f"organization {slug}: its row is gone" for slug in sorted(said.standing.keys() - seen)]


def _contact(o: Organization) -> str | None:
    return enlisting.contact_commitment({name: getattr(o, name) for name in CONTACT})


def _verdicts(db: Session, view: ConsultationView) -> set[tuple[Any, ...]]:
    v, o, p = Verification, Organization, Pseudonym
    rows = db.execute(
        select(o.slug, v.round, v.sector, v.accepts, v.reason, p.name, v.decided_at)
        .join(o, o.id == v.organization_id)
        .outerjoin(p, (p.account_id == v.account_id) & (p.consultation_id == view.id))
        .where(o.consultation_id == view.id)
    )
    return {(*row[:2], row[2].value, *row[3:6], instant(row[6])) for row in rows}


def _voices(db: Session, view: ConsultationView) -> set[tuple[Any, ...]]:
    m, a, p = MinutesVoice, Act, Pseudonym
    rows = db.execute(
        select(a.key, m.version, m.sector, m.agrees, m.statement, p.name, m.said_at)
        .join(a, a.id == m.act_id)
        .outerjoin(p, (p.account_id == m.account_id) & (p.consultation_id == view.id))
        .where(a.consultation_id == view.id)
    )
    return {(f"{row[0]}@{row[1]}", row[2].value, *row[3:6], instant(row[6])) for row in rows}
