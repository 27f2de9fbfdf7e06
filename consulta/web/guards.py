"""What an address names, found or refused before the view begins."""

from __future__ import annotations

from flask import request

from consulta.domain import places
from consulta.domain.accounts import permissions, pseudonyms
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.errors import NotAllowed
from consulta.domain.ledger.log import By
from consulta.models.accounts import Sector
from consulta.models.consultations import ConsultationKind

from . import db
from .auth import actor


def find(slug: str | None) -> Current:
    """The consultation of an address; none: the one that ``/`` shows."""
    return consultations.find(db.session(), slug) if slug else consultations.main(db.session())


def coordinated(slug: str) -> ConsultationView:
    """The consultation of an address, for who coordinates it; refused to others."""
    consultation = find(slug).view
    permissions.check(actor(), consultation)
    return consultation


def changeable(slug: str) -> ConsultationView:
    """The same; refused for a historical record, which nobody changes."""
    consultation = coordinated(slug)
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    return consultation


def place(name: str) -> int | None:
    """A place in a list, from the query; ``Malformed`` for what is no number."""
    return places.number(request.args.get(name, ""), digits=6)


def by(consultation: ConsultationView, sector: Sector | None = None) -> By:
    """Whoever is signed in, as who acts in this consultation."""
    return pseudonyms.by(db.session(), consultation, actor().id, sector)
