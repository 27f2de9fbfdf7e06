"""A file taken in piece by piece: finished after an interruption, never doubled, taken back as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.files.tables import TableFile
from consulta.domain.intake import importing, preview, undo, uploads
from consulta.domain.intake.preview import Survey
from consulta.domain.ledger import log
from consulta.domain.results import tally
from consulta.models.contributions import Channel, Contribution, Status
from consulta.models.imports import Import
from tests.support import moderation
from tests.support.audits import sound
from tests.support.people import staff


def table(rows: int, first: int = 1) -> bytes:
    """A file of so many opinions."""
    lines = [f"{n},Opinión número {n},tema-{n % 5 + 1}" for n in range(first, first + rows)]
    return "\n".join(["id,body,theme", *lines]).encode()


def surveyed(database: Database, view: ConsultationView, data: bytes, now: datetime, name: str = "a.csv") -> Survey:
    """The first pass."""
    with database.session(read_only=True) as db:
        return preview.survey(db, view, TableFile(data, name), today=view.today(now))


def taken_in(
    database: Database, view: ConsultationView, found: Survey, now: datetime, pieces: int | None = None
) -> int:
    """The second pass, perhaps interrupted after some pieces; the import's id."""
    with database.transaction() as db:
        import_id = importing.begin(db, view, found, now=now)
    stored = 0
    for piece in list(importing.pieces(found))[:pieces]:
        with database.transaction() as db:
            stored += importing.write(db, view, piece, import_id=import_id, channel=Channel.IMPORT, now=now)
    if pieces is None:
        with database.transaction() as db:
            importing.end(db, view, import_id, stored, now=now)
    return import_id


def count(database: Database, *statuses: Status) -> int:
    """How many contributions stand so."""
    with database.session(read_only=True) as db:
        query = select(func.count()).select_from(Contribution.__table__)
        return db.execute(query.where(Contribution.status.in_(statuses or tuple(Status)))).scalar_one()


def test_an_interrupted_import_is_finished_by_the_same_file(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    data = table(450)
    first = taken_in(database, consultation, surveyed(database, consultation, data, now), now, pieces=1)
    assert count(database) == 200
    found = surveyed(database, consultation, data, now)
    assert (found.known, len(found.taken)) == (200, 250)
    assert taken_in(database, consultation, found, now) == first, "the unfinished one goes on"
    assert count(database) == 450
    again = surveyed(database, consultation, data, now)
    assert (again.known, again.taken) == (450, [])
    sound(database)


def test_what_another_run_stored_meanwhile_is_left_out(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    found = surveyed(database, consultation, table(30), now)
    taken_in(database, consultation, found, now)
    with database.transaction() as db:
        import_id = importing.begin(db, consultation, found, now=now)
        [piece] = importing.pieces(found)
        args: dict[str, Any] = {"import_id": import_id, "channel": Channel.IMPORT, "now": now}
        assert importing.write(db, consultation, piece, **args) == 0
    assert count(database) == 30


def test_beginning_and_end_are_entries_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    import_id = taken_in(database, consultation, surveyed(database, consultation, table(3), now), now)
    with database.transaction() as db:
        importing.end(db, consultation, import_id, 3, now=now)
    with database.session(read_only=True) as db:
        lines = [line.content for line in log.entries(db, consultation.log_id)]
        assert undo.taken(db, import_id) == 3
    found = [(line["action"], line["payload"]) for line in lines if line["subject"] == f"import/{import_id}"]
    assert [action for action, _ in found] == ["import:begin", "import:end"]
    assert found[1][1] == {"stored": 3}


def test_an_import_is_taken_back_piece_by_piece(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account, reason = staff(database, consultation), "Eran datos de otra consulta."
    data = table(95)
    import_id = taken_in(database, consultation, surveyed(database, consultation, data, now), now)
    moderation.decide(database, consultation, account, 1)
    with database.transaction() as db:
        with pytest.raises(Invalid):
            undo.take_back(db, consultation, import_id, reason="no", by=by(db, consultation, account), now=now)
        undo.take_back(db, consultation, import_id, reason=reason, by=by(db, consultation, account), now=now)
    with pytest.raises(Conflict), database.transaction() as db:
        undo.take_back(db, consultation, import_id, reason=reason, by=by(db, consultation, account), now=now)
    done = []
    while True:
        with database.transaction() as db:
            n = undo.withdraw_piece(db, now=now)
        if not n:
            break
        done.append(n)
    assert done[:3] == [40, 40, 15]
    assert count(database, Status.RECEIVED, Status.PUBLISHED) == 0
    with database.session(read_only=True) as db:
        assert tally.published(db, consultation.id) == 0
    again = surveyed(database, consultation, data, now)
    assert (again.known, len(again.taken)) == (0, 95), "the file may come again as new"
    taken_in(database, consultation, again, now)
    assert count(database, Status.RECEIVED) == 95
    sound(database)


def test_only_a_finished_import_is_taken_back(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    found = surveyed(database, consultation, table(300), now)
    import_id = taken_in(database, consultation, found, now, pieces=1)
    with database.transaction() as db:
        who = by(db, consultation, account)
        for wrong in (import_id, 999):
            with pytest.raises(Conflict):
                undo.take_back(db, consultation, wrong, reason="Eran de otra consulta.", by=who, now=now)


def keep(database: Database, view: ConsultationView, data: bytes, now: datetime, **options: Any) -> int:
    """Give a file in the browser; the import's id."""
    account = staff(database, view)
    with database.transaction() as db:
        who = by(db, view, account)
        return uploads.keep(db, view, data, "opiniones.csv", options=options, by=who, now=now)


def listed(database: Database, view: ConsultationView, import_id: int) -> uploads.UploadView:
    """How an upload stands."""
    with database.session(read_only=True) as db:
        [one] = uploads.listing(db, view, import_id=import_id)
    return one


@pytest.mark.parametrize("data", [b"", b" \n ", b"x" * (uploads.MAX_BYTES + 1)])
def test_an_empty_or_huge_file_is_refused(
    database: Database, consultation: ConsultationView, now: datetime, data: bytes
) -> None:
    with pytest.raises(Invalid) as refused:
        keep(database, consultation, data, now)
    assert refused.value.field == "file"


def test_an_upload_waits_until_somebody_approves_what_they_saw(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    import_id = keep(database, consultation, table(3) + b"\n4,...,tema-1", now, channel="paper")
    one = listed(database, consultation, import_id)
    assert (one.state, one.name) == ("checking", "opiniones.csv")
    with database.session(read_only=True) as db:
        assert uploads.next_approved(db) is None
        assert uploads.columns(db, import_id) == ["id", "body", "theme"]
        assert uploads.channel(db, import_id) is Channel.PAPER
        [left] = uploads.left(db, consultation, import_id, now=now)
        assert (left[0], left[1], left[2]) == (5, "body", "...")
    account = staff(database, consultation, "otra@equipo.example")
    with database.transaction() as db:
        uploads.choose(db, import_id, {"channel": "forum"})
    with pytest.raises(Conflict, match="otras columnas"), database.transaction() as db:
        uploads.approve(db, consultation, import_id, seen=one.seen, by=by(db, consultation, account), now=now)
    seen = listed(database, consultation, import_id).seen
    with database.transaction() as db:
        uploads.approve(db, consultation, import_id, seen=seen, by=by(db, consultation, account), now=now)
        assert uploads.next_approved(db) == (import_id, "prueba")
    for act in (uploads.discard, lambda db, id_: uploads.choose(db, id_, {})):
        with pytest.raises(Conflict), database.transaction() as db:
            act(db, import_id)
    assert listed(database, consultation, import_id).state == "waiting"


def test_what_was_left_out_is_kept_without_its_value(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    import_id = keep(database, consultation, table(3) + b"\n4,Una opini\xc3\xb3n,5555-0000", now)
    with database.transaction() as db:
        found = uploads.survey(db, consultation, import_id, now=now)
        uploads.note_report(db, import_id, found)
        uploads.finish(db, consultation, import_id, now=now)
    with database.session(read_only=True) as db:
        [row] = uploads.left(db, consultation, import_id, now=now)
        with pytest.raises(NotFound):
            uploads.survey(db, consultation, import_id, now=now)
    assert row[:3] == (5, "theme", ""), "it may be anybody's telephone"
    assert listed(database, consultation, import_id).state == "done"


def test_discarded_and_forgotten_files_are_gone(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    first = keep(database, consultation, table(3), now)
    with database.transaction() as db:
        uploads.discard(db, first)
    second = keep(database, consultation, table(4), now)
    for days, state in ((6, "checking"), (8, "discarded")):
        with database.transaction() as db:
            uploads.forget_unapproved(db, now=now + timedelta(days=days))
        assert listed(database, consultation, second).state == state
    with database.transaction() as db:
        uploads.fail(db, second, "no se pudo leer")
        assert list(db.execute(select(Import.finished_at)).scalars()) == [None, None]
    assert [listed(database, consultation, id_).state for id_ in (first, second)] == ["discarded", "failed"]
