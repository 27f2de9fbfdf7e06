"""The demonstration: invented people do everything that real ones do, by the same functions."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.demonstration import contributions, proposals
from consulta.domain.management import loading
from consulta.models.accounts import Account, Role
from consulta.models.contributions import Contribution, Kind, Status
from consulta.reference import DEMONSTRATION, read
from tests.support.audits import sound


@pytest.fixture
def dialect() -> str:
    """Once is enough: what it calls is tested on both."""
    return "sqlite"


@pytest.fixture
def demo(database: Database, now: datetime) -> ConsultationView:
    """The demonstration, loaded."""
    data = read(DEMONSTRATION)
    with database.transaction() as db:
        loading.load(db, data, now=now)
        contributions.fill(db, consultations.find(db, DEMONSTRATION).view, data, now=now)
    with database.session(read_only=True) as db:
        return consultations.find(db, DEMONSTRATION).view


def test_everything_that_is_told_happened(database: Database, demo: ConsultationView, now: datetime) -> None:
    data = read(DEMONSTRATION)
    with database.session(read_only=True) as db:
        c = Contribution.__table__.c
        kinds = Counter(db.execute(select(c.kind)).scalars())
        statuses = Counter(db.execute(select(c.status).where(c.kind == Kind.OPINION)).scalars())
        emails = contributions.sign_ins(db)
        roles = Counter(db.execute(select(Role.role).where(Role.consultation_id == demo.id)).scalars())
    assert kinds[Kind.OPINION] == len(data["contributions"])
    assert kinds[Kind.COMMENT] == len(data["comments"])
    assert kinds[Kind.PROPOSAL] == len(data["proposals"])
    said = Counter(one["status"] for one in data["contributions"])
    assert {status.value: n for status, n in statuses.items()} == dict(said)
    assert emails == [one["email"] for one in data["accounts"]]
    assert sum(roles.values()) >= len(data["accounts"])
    assert statuses[Status.PUBLISHED] > 0
    sound(database, DEMONSTRATION)


def test_one_password_for_the_demonstration_and_for_nobody_else(
    database: Database, demo: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        real = accounts.ensure(db, email="real@equipo.example", now=now)
        contributions.set_passwords(db, "hash")
        rows = db.execute(select(Account.id, Account.demo, Account.password_hash)).all()
    assert {row.password_hash for row in rows if row.demo} == {"hash"}
    assert [row.password_hash for row in rows if row.id == real] == [None]


def test_a_proposal_arrives_and_is_decided_a_day_later(
    database: Database, demo: ConsultationView, now: datetime
) -> None:
    row = next(one for one in read(DEMONSTRATION)["proposals"] if one["status"] == "published")
    with database.transaction() as db:
        account = db.execute(select(Account.id).limit(1)).scalar_one()
        made = proposals.acts(db, demo, row, account, now)
        waiting = proposals.acts(db, demo, {**row, "status": "received"}, account, now)
    assert [at <= now for at, _ in made] == [True, True]
    assert made[0][0] <= made[1][0]
    assert len(waiting) == 1
