"""A forum, announced, changed, registered for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import registrations, versions
from consulta.domain.forums.data import ForumData
from consulta.domain.forums.registrations import Group, Guest
from consulta.domain.forums.tables import TableData
from consulta.domain.ledger.log import By
from consulta.models.forums import ForumKind

from .consultations import said

NOBODY_YET = "Se designan una semana antes."


def a_forum(consultation: ConsultationView, now: datetime, capacity: int = 3, **changes: object) -> ForumData:
    """A forum next week with two tables."""
    tables = tuple(TableData(theme=f"tema-{n}", exception=NOBODY_YET) for n in (1, 2))
    data = ForumData(
        kind=ForumKind.FORUM,
        name=said("Foro de prueba"),
        starts_at=now + timedelta(days=7),
        ends_at=now + timedelta(days=7, hours=4),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=7),
        capacity=capacity,
        texts={"place": said("Salón comunal")},
        tables=tables,
    )
    return replace(data, **changes)  # type: ignore[arg-type]


def announce(
    database: Database, consultation: ConsultationView, now: datetime, capacity: int = 3, **changes: object
) -> None:
    """Announce it at ``foro``."""
    with database.transaction() as db:
        versions.publish(
            db,
            consultation,
            a_forum(consultation, now, capacity, **changes),
            key="foro",
            seen=0,
            reason=None,
            by=By(None, "equipo"),
            now=now,
        )


def change(database: Database, consultation: ConsultationView, seen: int, now: datetime, **changes: object) -> None:
    """Publish the next version."""
    with database.transaction() as db:
        data = replace(versions.of_version(db, consultation, "foro", seen), **changes)  # type: ignore[arg-type]
        versions.publish(
            db,
            consultation,
            data,
            key="foro",
            seen=seen,
            reason=said("Cambió el salón por otro."),
            by=By(None, "equipo"),
            now=now,
        )


def held(database: Database, consultation: ConsultationView, now: datetime, key: str = "foro") -> None:
    """Its second version: it was held this morning, after all."""
    hour = timedelta(hours=1)
    with database.transaction() as db:
        data = versions.of_version(db, consultation, key, 1)
        times = {
            "starts_at": now - 5 * hour,
            "opens_at": now - 9 * hour,
            "closes_at": now - hour,
            "ends_at": now - hour,
        }
        why, by = said("Se adelantó una semana."), By(None, "equipo")
        versions.publish(db, consultation, replace(data, **times), key=key, seen=1, reason=why, by=by, now=now)


def register(
    database: Database, consultation: ConsultationView, now: datetime, *names: str, key: str = "", **rest: object
) -> list[str]:
    """Register some people; their codes."""
    guests = tuple(Guest(name=name) for name in names)
    with database.transaction() as db:
        return registrations.register(
            db,
            consultation,
            "foro",
            Group(guests=guests, **rest),
            submission=key or "-".join(names),
            language="es",  # type: ignore[arg-type]
            now=now,
        )
