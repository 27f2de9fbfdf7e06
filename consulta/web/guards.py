"""What an address names, found or refused before the view begins."""

from __future__ import annotations

from flask import g, request

from consulta.domain import places
from consulta.domain.accounts import permissions, pseudonyms
from consulta.domain.attendance import door
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.errors import NotAllowed
from consulta.domain.forums import reading as forums
from consulta.domain.forums.reading import ForumView
from consulta.domain.ledger.log import By
from consulta.models.accounts import Sector
from consulta.models.consultations import ConsultationKind

from . import db
from .auth import actor


def find(slug: str | None) -> Current:
    """The consultation of an address; none: the one that ``/`` shows."""
    current = consultations.find(db.session(), slug) if slug else consultations.main(db.session())
    g.setdefault("found", {})[current.view.slug] = current
    return current


def found(slug: str) -> Current | None:
    """The consultation of an address as this request found it, if it did."""
    current: Current | None = g.get("found", {}).get(slug)
    return current


def coordinated(slug: str) -> ConsultationView:
    """The consultation of an address, for who coordinates it; refused to others."""
    consultation = find(slug).view
    permissions.check(actor(), consultation)
    return consultation


def on_team(slug: str) -> ConsultationView:
    """The consultation of an address, for who has any role in it; refused to others."""
    consultation = find(slug).view
    if not permissions.on_team(actor(), consultation):
        raise NotAllowed("Esta página es del equipo de la consulta.")
    return consultation


def changeable_by_team(slug: str) -> ConsultationView:
    """The same; refused for a historical record, which nobody changes."""
    return _no_record(on_team(slug))


def changeable(slug: str) -> ConsultationView:
    """The consultation of an address, for who coordinates it and may change it."""
    return _no_record(coordinated(slug))


def _no_record(consultation: ConsultationView) -> ConsultationView:
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    return consultation


def forum(slug: str, key: str) -> tuple[ConsultationView, ForumView]:
    """The consultation and the forum of an address."""
    consultation = find(slug).view
    return consultation, forums.one(db.session(), consultation, key)


def at_the_door(slug: str, key: str) -> tuple[ConsultationView, ForumView]:
    """The same, for who works at this forum; refused to others."""
    consultation, here = forum(slug, key)
    door.check(db.session(), actor(), consultation, here)
    return consultation, here


def changeable_forum(slug: str, key: str) -> tuple[ConsultationView, ForumView]:
    """The same, for who coordinates a consultation that can be changed."""
    consultation = changeable(slug)
    return consultation, forums.one(db.session(), consultation, key)


def place(name: str) -> int | None:
    """A place in a list, from the query; ``Malformed`` for what is no number."""
    return places.number(request.args.get(name, ""), digits=6)


def by(consultation: ConsultationView, sector: Sector | None = None) -> By:
    """Whoever is signed in, as who acts in this consultation."""
    return pseudonyms.by(db.session(), consultation, actor().id, sector)
