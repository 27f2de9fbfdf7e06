"""Files kept a day for a form that could not be taken."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.files import staged
from consulta.models.accounts import RoleName
from consulta.models.files import StagedFile


@pytest.fixture
def two(database: Database, consultation: ConsultationView, now: datetime) -> tuple[int, int]:
    """Two accounts."""
    with database.transaction() as db:
        one, other = (
            accounts.create(
                db, email=f"{n}@example.org", role=RoleName.MODERATOR, consultation_id=consultation.id, now=now
            )
            for n in range(2)
        )
    return one, other


def test_whose_it_is_and_for_how_long(database: Database, two: tuple[int, int], now: datetime) -> None:
    one, other = two
    with database.transaction() as db:
        assert staged.keep(db, token="a", account_id=one, name="acta.pdf", content=b"%PDF", now=now)
        assert staged.keep(db, token="b", account_id=None, name="foto.png", content=b"png", now=now)
    with database.session(read_only=True) as db:
        assert staged.find(db, token="a", account_id=one, now=now) == staged.Staged("acta.pdf", b"%PDF")
        for account in (other, None):
            assert staged.find(db, token="a", account_id=account, now=now) is None
        for account in (one, other, None):
            assert staged.find(db, token="b", account_id=account, now=now) == staged.Staged("foto.png", b"png")
        assert staged.find(db, token="c", account_id=one, now=now) is None
        assert staged.find(db, token="a", account_id=one, now=now + staged.KEPT) is None


def test_there_is_room_for_so_much(
    database: Database, two: tuple[int, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staged, "ROOM", 10)
    monkeypatch.setattr(staged, "ROOM_OF_ONE", 6)
    one, other = two
    given = [(one, 4, True), (one, 3, False), (one, 2, True), (other, 5, False), (other, 4, True), (None, 1, False)]
    for n, (account, size, taken) in enumerate(given):
        with database.transaction() as db:
            kept = staged.keep(db, token=str(n), account_id=account, name="x", content=b"x" * size, now=now)
        assert kept is taken, n


def test_what_was_taken_or_is_old_goes(database: Database, two: tuple[int, int], now: datetime) -> None:
    with database.transaction() as db:
        for n, age in enumerate((0, 1, 23, 24, 30)):
            at = now - timedelta(hours=age)
            staged.keep(db, token=str(n), account_id=two[0], name="x", content=b"x", now=at)
        staged.drop(db, "1")
        staged.forget(db, now=now)
        assert db.execute(select(func.count()).select_from(StagedFile)).scalar_one() == 2
