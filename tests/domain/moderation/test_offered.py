"""What comes next for somebody at the desk, and what was decided."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import insert

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.moderation import decided, leases, queue
from consulta.models.contributions import Channel
from consulta.models.moderation import Intake, Verdict
from tests.support.contributions import admit
from tests.support.moderation import decide
from tests.support.people import staff


def offered(database: Database, view: ConsultationView, account: int, now: datetime, **more: object) -> list[int]:
    """What is offered to somebody."""
    with database.session(read_only=True) as db:
        given = {"scope": None, "limit": 10, **more}
        return queue.offered(db, view, account, now=now, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("many", [25])
def test_what_one_entered_oneself_is_not_offered_however_much_it_is(
    database: Database, consultation: ConsultationView, now: datetime, many: int
) -> None:
    ana, beto = staff(database, consultation), staff(database, consultation, "beto@equipo.example")
    admit(database, consultation, *(f"Nota {n}" for n in range(many)), theme="tema-1")
    admit(database, consultation, "De otra persona", theme="tema-1")
    with database.transaction() as db:
        ids = [row.id for row in queue.queue(db, consultation, scope=None, now=now, limit=many)]
        db.execute(insert(Intake), [{"contribution_id": id_, "account_id": ana} for id_ in ids])
    assert offered(database, consultation, ana, now) == [many + 1]
    assert offered(database, consultation, beto, now, limit=3) == [1, 2, 3]
    with database.transaction() as db:
        assert leases.open_next(db, consultation, scope=None, by=by(db, consultation, ana), now=now) == many + 1
    assert offered(database, consultation, beto, now, limit=100) == list(range(1, many + 1))
    assert offered(database, consultation, ana, now) == [many + 1], "one's own open item comes back first"
    assert offered(database, consultation, beto, now, theme="") == []
    assert offered(database, consultation, beto, now, channel=Channel.PAPER) == []


def test_of_many_who_open_the_next_at_once_each_gets_another(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    accounts = [staff(database, consultation, f"p{n}@equipo.example") for n in range(6)]
    admit(database, consultation, *(f"Nota {n}" for n in range(9)), theme="tema-1")

    def take(account: int) -> int | None:
        with database.transaction() as db:
            return leases.open_next(db, consultation, scope=None, by=by(db, consultation, account), now=now)

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(take, accounts))
    assert sorted(n for n in taken if n) == [1, 2, 3, 4, 5, 6]


def test_what_was_decided_says_who_and_whether_it_stands(database: Database, consultation: ConsultationView) -> None:
    ana, beto = staff(database, consultation), staff(database, consultation, "beto@equipo.example")
    admit(database, consultation, "Uno", "Dos", theme="tema-1")
    decide(database, consultation, ana, 1, verdict=Verdict.REJECT, reason="off-topic")
    decide(database, consultation, beto, 2)
    decide(database, consultation, beto, 1, ordinal=1)
    with database.session(read_only=True) as db:
        found = decided.decided(db, consultation)
        assert [(one.number, one.verdict, one.latest) for one in found] == [
            (1, Verdict.PUBLISH, True),
            (2, Verdict.PUBLISH, True),
            (1, Verdict.REJECT, False),
        ]
        assert found[2].reason == {"es": "No es del tema", "en": "No es del tema (en)"}
        assert len({one.who for one in found}) == 2
        assert [one.number for one in decided.decided(db, consultation, account_id=ana)] == [1]
        elsewhere = consultation.themes[1].id
        assert decided.decided(db, consultation, scope=[elsewhere]) == [], "another's theme is not read"
        assert len(decided.decided(db, consultation, scope=[consultation.themes[0].id])) == 3
        assert [one.id for one in decided.decided(db, consultation, after=found[0].id, limit=1)] == [found[1].id]
