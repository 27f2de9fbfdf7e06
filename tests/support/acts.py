"""An act and the bodies at it."""

from __future__ import annotations

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import By
from consulta.domain.organizations import enlisting
from consulta.domain.organizations.enlisting import Listed
from tests.support.clock import NOW

from .consultations import said

ACT = {
    "title_es": "Mesa técnica",
    "kind": "technical",
    "stage": "2",
    "held_from": "01/06/2026",
    "seen": "0",
    "place_es": "Cobán",
    "minutes_es": "Se acordó leerlo todo.",
    "body-0-name": "agua",
    "body-0-capacity": "host",
    "body-1-name": "vecinas",
}


NOBODY = {name: "" for name in ACT if name.startswith("body-")}
"""For an act at which nobody of the list was."""


def listed(database: Database, consultation: ConsultationView, **contact: str) -> None:
    """Two bodies, the first with the contact given."""
    now = NOW
    with database.transaction() as db:
        for slug, sector, more in (("agua", "executive", contact), ("vecinas", "cso", {})):
            body = Listed(slug=slug, name=said(f"Entidad {slug}"), sector=sector, **more)
            enlisting.enlist(db, consultation, body, new=True, by=By(None, "system"), now=now)
