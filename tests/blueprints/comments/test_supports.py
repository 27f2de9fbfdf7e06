"""Support for a comment: once a person, taken back, unlinkable; a wrong code always gets the same answer."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.audit import check
from consulta.domain.authors import rights
from consulta.domain.comments import supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger_log
from consulta.models.comments import Comment, Support
from consulta.models.contributions import Status
from tests.support.audits import faults
from tests.support.comments import AFTER
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit, comment, submit
from tests.support.people import staff
from tests.support.visitor import Visitor

WRONG = "Ese código no sirve aquí"


@pytest.fixture
def shown(database: Database, now: datetime) -> ConsultationView:
    """A consultation with a published opinion (1, key ``k1``), two comments (2 and 3) and an opinion that waits (4)."""
    view = load(database, a_consultation(**AFTER), now)
    publish(database, view, "k1")
    comment(database, view, "Aquí tampoco hay agua", "Y en la otra aldea", on=1)
    submit(database, view, "Esta opinión espera", "waits")
    return view


def publish(database: Database, view: ConsultationView, key: str) -> str:
    """A published opinion with a code: the code."""
    from consulta.domain.codes import sha256

    folio = codes.folio_of(key)
    hashes = {"folio_hash": sha256(folio), "submission_hash": sha256(key)}
    admit(database, view, f"Opinión {key} con palabras", status=Status.PUBLISHED, theme="tema-1", **hashes)
    return folio


@pytest.fixture
def reader(app: Flask, shown: ConsultationView) -> Visitor:
    """Somebody with a browser."""
    return Visitor(app, shown.slug)


def count(database: Database, number: int = 2) -> tuple[int, int]:
    """What a comment shows, and its rows."""
    with database.session(read_only=True) as db:
        shown = db.execute(select(Comment.__table__.c.supports).where(Comment.__table__.c.id == number)).scalar_one()
        rows = db.execute(select(func.count()).where(Support.comment_id == number)).scalar_one()
    return shown, rows


def test_a_code_supports_once_and_takes_it_back(reader: Visitor, database: Database, shown: ConsultationView) -> None:
    folio, address = codes.folio_of("k1"), "…/aportes/2/yo-tambien"
    assert reader.get(address).headers["Cache-Control"] == "no-store"
    for _ in range(3):
        answer = reader.post(address, {"folio": folio.lower().replace("-", " "), "act": "support"})
        assert "Su apoyo quedó anotado" in reader.get(answer.headers["Location"]).text
    assert count(database) == (1, 1)
    assert "1 apoyo" in reader.get("…/aportes/1").text
    assert "1 apoyo" in reader.get("…/aportes/2").text
    assert faults(database, shown) == []
    for _ in range(2):
        reader.post(address, {"folio": folio, "act": "take-back"})
    assert count(database) == (0, 0)
    assert "apoyo</p>" not in reader.get("…/aportes/1").text
    reader.post(address, {"folio": folio, "act": "support"})
    assert count(database) == (1, 1)
    assert faults(database, shown) == []


def test_every_account_supports_once(app: Flask, database: Database, shown: ConsultationView) -> None:
    for email in ("ana@equipo.example", "eva@equipo.example"):
        staff(database, shown, email)
        visitor = Visitor(app)
        visitor.sign_in(email)
        assert 'id="folio"' not in visitor.get("…/aportes/2/yo-tambien").text
        for _ in range(2):
            visitor.post("…/aportes/2/yo-tambien", {"act": "support"})
    assert count(database) == (2, 2)
    visitor.post("…/aportes/2/yo-tambien", {"act": "take-back"})
    assert count(database) == (1, 1)


@pytest.mark.parametrize(
    "typed", ["", "x", "0000-0000-0000-0000", "waits", "other", "withdrawn", "\x00", "Ñ" * 16, "9" * 5000]
)
def test_a_wrong_or_foreign_code_always_gets_the_same_answer(
    reader: Visitor, database: Database, shown: ConsultationView, now: datetime, typed: str
) -> None:
    other = load(database, a_consultation("otra"), now)
    publish(database, other, "other")
    withdrawn = publish(database, shown, "withdrawn")
    with database.transaction() as db:
        rights.withdraw(db, withdrawn, now=now)
    code = codes.folio_of(typed) if typed in ("waits", "other", "withdrawn") else typed
    answer = reader.post("…/aportes/2/yo-tambien", {"folio": code, "act": "support"}, 404)
    assert WRONG in answer.text
    assert count(database) == (0, 0)


def test_wrong_codes_are_counted_with_those_of_seguimiento(
    app: Flask, reader: Visitor, shown: ConsultationView
) -> None:
    for n in range(11):
        if n % 2:
            reader.follow("0000-0000-0000-0000", 404)
        else:
            reader.post("…/aportes/2/yo-tambien", {"folio": "0000-0000-0000-0000", "act": "support"}, 404)
    slow = reader.post("…/aportes/2/yo-tambien", {"folio": "0000-0000-0000-0000", "act": "support"}, 429)
    assert int(slow.headers["Retry-After"]) > 0
    reader.post("…/aportes/2/yo-tambien", {"folio": codes.folio_of("k1"), "act": "support"})


def test_nobody_supports_their_own_comment(reader: Visitor, database: Database) -> None:
    reader.comment("…/aportes/1", "Este comentario es mío")
    answer = reader.post("…/aportes/5/yo-tambien", {"folio": reader.folio(), "act": "support"}, 409)
    assert "es suyo" in answer.text
    reader.post("…/aportes/2/yo-tambien", {"folio": reader.folio(), "act": "support"})
    assert count(database) == (1, 1)


def test_only_published_comments_are_supported(reader: Visitor, database: Database, shown: ConsultationView) -> None:
    comment(database, shown, "Este espera", on=1, status=Status.RECEIVED)
    for number in (1, 4, 5, 99):
        reader.get(f"…/aportes/{number}/yo-tambien", 404)
        reader.post(f"…/aportes/{number}/yo-tambien", {"folio": codes.folio_of("k1"), "act": "support"}, 404)


def test_support_needs_a_token_of_the_page(reader: Visitor, database: Database) -> None:
    fields = {"folio": codes.folio_of("k1"), "act": "support", "csrf_token": ""}
    reader.post("…/aportes/2/yo-tambien", fields, 400)
    assert (
        reader.client.get(reader.path(f"…/aportes/2/yo-tambien?act=support&folio={fields['folio']}")).status_code == 200
    )
    assert count(database) == (0, 0)


def test_two_supports_by_one_person_cannot_be_linked(
    reader: Visitor, database: Database, shown: ConsultationView
) -> None:
    folio = codes.folio_of("k1")
    for number in (2, 3):
        reader.post(f"…/aportes/{number}/yo-tambien", {"folio": folio, "act": "support"})
    with database.session(read_only=True) as db:
        rows = db.execute(select(Support.mark, Support.salt)).all()
        log = " ".join(line.text for line in ledger_log.entries(db, shown.log_id))
    marks = {row.mark for row in rows}
    assert len(marks) == 2
    assert folio not in repr(rows) + log
    assert not [mark for mark in marks if mark.hex() in log]
    said = [part.split('"')[0] for part in log.split('"mark":"')[1:]]
    assert len(set(said)) == 2
    elsewhere = supports.mark("another secret", shown, 2, supports.by_folio(folio))
    assert elsewhere not in marks


@pytest.mark.parametrize("again", range(2))
def test_fifty_threads_with_one_code_are_one_support(database: Database, shown: ConsultationView, again: int) -> None:
    who, start = supports.by_folio(codes.folio_of("k1")), threading.Barrier(50)
    failures: list[BaseException] = []

    def act() -> None:
        try:
            start.wait()
            with database.transaction() as db:
                supports.give(db, shown, 2, who=who, secret="s", now=datetime.now(UTC))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=act) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(database) == (1, 1)
    with database.session(read_only=True) as db:
        assert check.check(db, shown.log_id, consultation=shown).faults == []


def test_many_at_once_are_all_counted(database: Database, shown: ConsultationView) -> None:
    failures: list[BaseException] = []

    def act(n: int) -> None:
        try:
            for verb in (supports.give, supports.take_back, supports.give):
                with database.transaction() as db:
                    verb(db, shown, 2, who=supports.by_account(n), secret="s", now=datetime.now(UTC))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=act, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(database) == (16, 16)
    assert faults(database, shown) == []
