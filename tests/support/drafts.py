"""Proposals written without a browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consulta.database.transactions import Database
from consulta.domain.accounts.actors import Actor
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import BY_PUBLIC
from consulta.domain.organizations import reading as organizations
from consulta.domain.proposals import drafting, sending
from consulta.domain.proposals.drafting import Draft
from consulta.domain.proposals.sending import Sender
from consulta.domain.proposals.sources import Sources

WHOLE: dict[str, Any] = {
    "title": "Compras de medicinas en datos abiertos",
    "theme": "tema-2",
    "problem": "Nadie sabe cuánto pagan los hospitales por las medicinas.",
    "objective": "Que 45 hospitales publiquen sus compras.",
    "action": "Publicar cada mes las compras.",
}


def person(account: int) -> Actor:
    """Somebody signed in, without any role."""
    return Actor(account, f"{account}@example.org", "es", 1, ())


def begin(
    database: Database, view: ConsultationView, now: datetime, key: str = "k", organization: str = "", account: int = 0
) -> str:
    """Begin a proposal, of an organisation if one is named; the draft's key."""
    with database.transaction() as db:
        found = organizations.by_slug(db, view.id, organization) if organization else None
        body = organizations.view_of(found) if found else None
        args: dict[str, Any] = {"account_id": account or None, "language": "es", "now": now}
        return drafting.begin(db, view, organization=body, submission=key, **args)[0]


def find(database: Database, view: ConsultationView, key: str, account: int = 0) -> Draft:
    """The draft as its owner sees it."""
    with database.session(read_only=True) as db:
        return drafting.find(db, view, key, actor=person(account) if account else None, held=not account)


def save(
    database: Database, draft: Draft, now: datetime, step: str = "problem", seen: int | None = None, **changes: Any
) -> None:
    """Save a step."""
    sources = changes.pop("sources", None)
    with database.transaction() as db:
        at = draft.saved.get(step, 0) if seen is None else seen
        drafting.save(db, draft, step, changes, seen=at, now=now, sources=sources)


def written(
    database: Database, view: ConsultationView, now: datetime, key: str = "k", organization: str = "", account: int = 0
) -> Draft:
    """A draft that can be sent."""
    found = begin(database, view, now, key, organization, account)
    save(database, find(database, view, found, account), now, **WHOLE)
    save(database, find(database, view, found, account), now, "answers", sources=Sources(unrelated="Nadie lo dijo."))
    return find(database, view, found, account)


def send(database: Database, draft: Draft, now: datetime, signs: bool = True, **sender: Any) -> int:
    """Send it; its number."""
    with database.transaction() as db:
        who = Sender(**sender)
        args: dict[str, Any] = {"by": BY_PUBLIC, "folio": None, "signs": signs, "language": "es", "now": now}
        return sending.send(db, draft, who, **args)
