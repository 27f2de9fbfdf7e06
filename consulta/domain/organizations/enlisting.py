"""Bodies put into a consultation's list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.texts import sort_key
from consulta.models.base import Localized
from consulta.models.organizations import Organization, Standing

from . import reading
from .reading import CAPACITIES, BodyView

HIDDEN = ("contact_email", "contact_phone", "contact_salt", "sort_key")


@dataclass(frozen=True)
class Listed:
    """What a coordinator says of a body. Contact data are not public and stand in no ledger entry."""

    slug: str
    name: Localized
    sector: str
    acronym: str | None = None
    capacities: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    earlier_names: tuple[str, ...] = ()
    note: Localized | None = None
    source: dict[str, Any] | None = None
    contact_email: str | None = None
    contact_phone: str | None = None


def seal(o: Organization | BodyView) -> str:
    """A short digest of what is listed of a body, by which a form says what it showed."""
    names = ("name", "acronym", "sector", "capacities", "aliases", "earlier_names", "note")
    values = {name: getattr(o, name) for name in names}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def enlist(
    db: Session,
    consultation: ConsultationView,
    body: Listed,
    *,
    new: bool,
    by: By,
    now: datetime,
    keep_contact: bool = False,
    seen: str | None = None,
) -> None:
    """Put a body on the list, or say anew what it is; every entry of the ledger holds all that is public.
    ``Conflict`` if what was ``seen`` of it is no longer what it is."""
    if consultation.choice("body_sector", body.sector) is None:
        raise Invalid("Elija un sector de la lista.", field="sector")
    unknown = set(body.capacities) - set(CAPACITIES)
    if unknown:
        raise Invalid("No hay una calidad «%(value)s».", value=min(unknown), field="capacities")
    known = reading.by_slug(db, consultation.id, body.slug, lock=True)
    if known is not None and seen is not None and seal(known) != seen:
        raise Conflict("Mientras usted escribía, otra persona cambió esta entidad. Lo suyo sigue aquí.")
    if new and known is not None:
        raise Conflict("Ya hay una entidad con ese nombre corto: «%(slug)s».", slug=body.slug)
    values = {
        "name": body.name,
        "sort_key": sort_key(body.name["es"]),
        "acronym": body.acronym,
        "sector": body.sector,
        "capacities": list(body.capacities),
        "aliases": list(body.aliases),
        "earlier_names": list(body.earlier_names),
        "note": body.note,
        "source": body.source or (known.source if known else None),
        "contact_email": body.contact_email,
        "contact_phone": body.contact_phone,
        "contact_salt": ledger.new_salt(),
    }
    contact = {"commitments": {"contact": contact_commitment(values)}}
    if keep_contact:
        contact = {}
        del values["contact_email"], values["contact_phone"], values["contact_salt"]
    if known is None:
        fresh = {"consultation_id": consultation.id, "slug": body.slug, "standing": Standing.LISTED, "listed": True}
        db.execute(insert(Organization).values(**fresh, round=1, **values))
    else:
        db.execute(update(Organization).where(Organization.id == known.id).values(**values))
    public = {k: v for k, v in values.items() if k not in HIDDEN}
    entry(db, consultation, Action.ORGANIZATION_LIST, body.slug, {**public, **contact}, by=by, now=now)


def contact_commitment(row: Mapping[str, Any]) -> str | None:
    """What an entry says in the place of a body's address and telephone; ``None`` if there is no salt."""
    salt = row["contact_salt"]
    return ledger.fingerprint(salt, [row["contact_email"], row["contact_phone"]]) if salt else None


def entry(
    db: Session,
    consultation: ConsultationView,
    action: Action,
    slug: str,
    payload: dict[str, Any],
    *,
    by: By,
    now: datetime | date,
) -> None:
    """Collect the ledger entry of something about a body."""
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=action,
        subject=f"organization/{slug}",
        payload=payload,
        recorded=now,
    )
