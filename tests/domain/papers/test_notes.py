"""Sheets of a forum: numbered, entered once, followed by their stubs, accounted for to the last one."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.files.tables import TableFile
from consulta.domain.forums import reading as forums
from consulta.domain.ledger.log import By
from consulta.domain.moderation import decisions, items, queue
from consulta.domain.papers import batches, from_file, notes, reconciliation, stubs
from consulta.domain.results import figures
from consulta.models.contributions import Channel, Contribution, Status
from consulta.models.moderation import Verdict
from consulta.models.papers import PaperState
from tests.support import papers, tables
from tests.support.forums import announce, held
from tests.support.papers import SECRET
from tests.support.people import staff


def printed(database: Database, consultation: ConsultationView, now: datetime, count: int = 5) -> None:
    """A forum with a batch of sheets for its first table."""
    announce(database, consultation, now)
    papers.batch(database, consultation, now, count)


def settle(
    database: Database, consultation: ConsultationView, now: datetime, first: int, last: int, state: PaperState
) -> int:
    """Note what became of some sheets."""
    with database.transaction() as db:
        forum = forums.one(db, consultation, "foro")
        return notes.settle(db, consultation, forum, first, last, state, by=By(None, "equipo"), now=now)


def test_every_sheet_and_every_note_is_accounted_for(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    other = staff(database, consultation, "otra@equipo.example")
    printed(database, consultation, now)
    papers.batch(database, consultation, now, 3, theme=1)
    assert papers.enter(database, consultation, now, 1, "Falta agua", "Falta luz", account=account) == 2
    assert papers.enter(database, consultation, now, 2, "No hay escuela", account=account) == 1
    settle(database, consultation, now, 3, 4, PaperState.BLANK)
    settle(database, consultation, now, 5, 5, PaperState.LOST)
    with database.transaction() as db:
        rows = queue.queue(db, consultation, scope=None, now=now, limit=9)
        assert len(rows) == 3
        for row, verdict in zip(rows, (Verdict.PUBLISH, Verdict.REJECT, None), strict=True):
            if verdict:
                items.item(db, consultation, row.number, account_id=other, now=now)
                decisions.decide(
                    db,
                    consultation=consultation,
                    number=row.number,
                    verdict=verdict,
                    note=None,
                    ordinal=0,
                    reason_code=None if verdict is Verdict.PUBLISH else "off-topic",
                    by=by(db, consultation, other),
                    now=now,
                )
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        first, second = reconciliation.reconcile(db, forum)
        assert (first.handed_out, first.entered, first.blank, first.lost, first.out) == (5, 2, 2, 1, 0)
        assert (first.notes, first.accepted, first.rejected, first.pending) == (3, 1, 1, 1)
        assert (second.first, second.last, second.out) == (6, 8, 3)
        found = db.execute(select(Contribution.channel, Contribution.theme_id)).all()
        assert set(found) == {(Channel.FORUM, consultation.themes[0].id)}
        assert figures.live(db, consultation).received == 3
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []


def test_a_note_is_entered_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account = staff(database, consultation)
    printed(database, consultation, now)
    papers.enter(database, consultation, now, 1, "Falta agua", account=account)
    assert papers.enter(database, consultation, now, 1, "Falta agua", "Y luz", "Y luz", account=account) == 2
    with pytest.raises(NotFound):
        papers.enter(database, consultation, now, 99, "De otro foro", account=account)
    with pytest.raises(Invalid):
        papers.enter(database, consultation, now, 2, "…", account=account)
    settle(database, consultation, now, 2, 2, PaperState.BLANK)
    with pytest.raises(Conflict):
        papers.enter(database, consultation, now, 2, "Sí decía algo", account=account)
    settle(database, consultation, now, 2, 2, PaperState.OUT)
    assert papers.enter(database, consultation, now, 2, "Sí decía algo", account=account) == 1
    assert settle(database, consultation, now, 1, 2, PaperState.LOST) == 0
    with pytest.raises(Invalid):
        settle(database, consultation, now, 4, 6, PaperState.LOST)


def test_a_stub_leads_to_its_notes(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account = staff(database, consultation)
    printed(database, consultation, now)
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        codes = [batches.code(SECRET, consultation, forum, n) for n in (1, 2)]
        before = stubs.follow(db, codes[0])
    assert before is not None
    assert (before.state, before.notes) == (PaperState.OUT, ())
    papers.enter(database, consultation, now, 1, "Falta agua", account=account)
    with database.session(read_only=True) as db:
        after, other = (stubs.follow(db, code) for code in codes)
        assert stubs.follow(db, "AAAA-AAAA-AAAA-AAAA") is None
    assert after is not None
    assert [(note.body, note.status) for note in after.notes] == [("Falta agua", Status.RECEIVED)]
    assert other is not None
    assert other.notes == ()


def test_a_forum_closes_when_all_is_accounted_for_or_explained(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    printed(database, consultation, now, 2)

    def close(explanation: str = "") -> None:
        with database.transaction() as db:
            forum = forums.one(db, consultation, "foro")
            reconciliation.close(db, consultation, forum, explanation, by=By(None, "equipo"), now=now)

    with pytest.raises(Conflict, match="todavía no ha terminado"):
        close("Dos hojas se mojaron con la lluvia.")
    held(database, consultation, now)
    with pytest.raises(Invalid) as error:
        close()
    assert error.value.values == {"out": 2}, "what is zero is not named"
    close("Dos hojas se mojaron con la lluvia.")
    with pytest.raises(Conflict):
        close()
    with pytest.raises(Conflict):
        papers.batch(database, consultation, now, 1)
    with database.session(read_only=True) as db:
        assert forums.one(db, consultation, "foro").closing == "Dos hojas se mojaron con la lluvia."
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []


def test_a_table_is_entered_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account = staff(database, consultation)
    printed(database, consultation, now)
    rows = [("Hoja", "Nota", "Idioma", "Objeción"), (1, "Falta agua", "Q'eqchi'", None), (), (2, "Falta luz", "", "sí")]
    comma = "hoja;nota\n1;Falta agua\n3;«Falta» camino\n".encode()
    files = (
        (tables.workbook(*rows), "notas.xlsx", (2, 0)),
        (tables.workbook(*rows), "notas.xlsx", (0, 2)),
        (comma, "a.csv", (1, 1)),
    )
    for data, name, expected in files:
        with database.transaction() as db:
            forum = forums.one(db, consultation, "foro")
            found = from_file.read(TableFile(data, name), consultation)
            taken = from_file.take(db, consultation, forum, found, by=by(db, consultation, account), now=now)
            assert (taken.entered, taken.there) == expected
    with database.session(read_only=True) as db:
        [first] = reconciliation.reconcile(db, forums.one(db, consultation, "foro"))
        assert (first.entered, first.notes) == (3, 3)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"hola", "notas.xlsx", "no es un libro"),
        (b'hoja,nota\n1,"sin cerrar', "a.csv", "línea 2"),
        (b"hoja,texto\nuno,Agua\n", "a.csv", "línea 2, columna «hoja»: «uno»"),
        (b"hoja,nota,idioma\n1,Agua,klingon\n", "a.csv", "línea 2, columna «idioma»: «klingon»"),
        (b"numero,otra\n1,Agua\n", "a.csv", "faltan las columnas"),
        (b"hoja,nota\n", "a.csv", "no trae ninguna nota"),
        (b"hoja,nota\n1,\xf1\n", "a.csv", "UTF-8"),
        (tables.workbook(("hoja", "nota"), (1, "=1+1")), "n.xlsx", "línea 2, columna «B»: «=1+1» es una fórmula"),
        (tables.workbook(("hoja", "nota"), (1, "Agua"), merged="A2:B2"), "n.xlsx", "A2:B2 están unidas"),
    ],
)
def test_a_table_with_a_fault_says_where(consultation: ConsultationView, data: bytes, name: str, said: str) -> None:
    with pytest.raises(Invalid) as error:
        from_file.read(TableFile(data, name), consultation)
    assert said in error.value.message % error.value.values


def test_a_table_of_another_forum_enters_nothing(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    printed(database, consultation, now)
    found = from_file.read(TableFile(b"hoja,nota\n1,Agua\n77,De otro foro\n", "a.csv"), consultation)
    with database.session() as db:
        forum = forums.one(db, consultation, "foro")
        with pytest.raises(Invalid) as error:
            from_file.take(db, consultation, forum, found, by=by(db, consultation, account), now=now)
    assert error.value.values["number"] == 77
    with database.session(read_only=True) as db:
        assert figures.live(db, consultation).received == 0


def test_two_hundred_notes_are_entered_at_once(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    printed(database, consultation, now, 20)
    table = "hoja,nota\n" + "".join(f"{n % 20 + 1},Nota número {n}\n" for n in range(200))
    found = from_file.read(TableFile(table.encode(), "a.csv"), consultation)
    for expected in ((200, 0), (0, 200)):
        with database.transaction() as db:
            forum = forums.one(db, consultation, "foro")
            taken = from_file.take(db, consultation, forum, found, by=by(db, consultation, account), now=now)
            assert (taken.entered, taken.there) == expected
    with pytest.raises(Invalid):
        from_file.read(TableFile(f"{table}1,Una más\n".encode(), "a.csv"), consultation)
    settle(database, consultation, now, 20, 20, PaperState.OUT)
    with database.session(read_only=True) as db:
        [first] = reconciliation.reconcile(db, forums.one(db, consultation, "foro"))
        assert (first.entered, first.notes, first.pending) == (20, 200, 200)
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []


def test_a_hundred_thousand_empty_rows_are_no_notes(consultation: ConsultationView) -> None:
    rows: list[tuple[object, ...]] = [("hoja", "nota"), (1, "Agua"), *[(None, None)] * 100_000, (2, "Luz")]
    assert sorted(from_file.read(TableFile(tables.workbook(*rows), "n.xlsx"), consultation)) == [1, 2]
