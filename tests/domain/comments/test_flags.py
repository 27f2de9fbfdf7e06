"""Reports of comments: each is an entry, none takes a comment away, none twice by one form."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.comments import flags
from consulta.domain.comments.flags import Flag
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading, status
from consulta.domain.errors import AlreadyReceived, Conflict, NotFound
from consulta.domain.ledger import log
from consulta.models.comments import Ground, Report
from consulta.models.contributions import Contribution, Status
from tests.support.audits import sound
from tests.support.comments import decide
from tests.support.contributions import admit, comment
from tests.support.people import staff

LINE = "Nombra a mi vecina con su teléfono"


@pytest.fixture
def number(database: Database, consultation: ConsultationView) -> int:
    """A published comment that a person looked at already."""
    admit(database, consultation, "Falta agua", status=Status.PUBLISHED, theme="tema-1")
    [made] = comment(database, consultation, "Doña Eva tiene la culpa", on=1)
    decide(database, consultation, staff(database, consultation), made.number, "publish")
    return made.number


def report(
    database: Database, view: ConsultationView, number: int, now: datetime, key: str = "k", line: str | None = LINE
) -> None:
    """Report it as the form does."""
    with database.transaction() as db:
        said = Flag(number, Ground.PERSONAL_DATA, line)
        flags.file(db, consultation=view, said=said, submission=key, held_cause=None, now=now)


def test_a_report_puts_a_comment_before_a_person_and_leaves_it_public(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    report(database, consultation, number, now)
    with database.session(read_only=True) as db:
        found = reading.one(db, consultation, number)
        awaiting = db.execute(select(Contribution.awaiting_review).where(Contribution.number == number)).scalar_one()
        [seen] = flags.of(db, found.id)
    assert found.status is Status.PUBLISHED
    assert awaiting
    assert (seen.ground, seen.line, seen.settled) == (Ground.PERSONAL_DATA, LINE, False)
    sound(database)


def test_a_decision_settles_what_was_reported_before_it(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    report(database, consultation, number, now)
    decide(database, consultation, staff(database, consultation, "eva@equipo.example"), number, "publish")
    report(database, consultation, number, now, key="después")
    with database.session(read_only=True) as db:
        settled = [one.settled for one in flags.of(db, reading.one(db, consultation, number).id)]
    assert settled == [False, True], "newest first"


def test_the_entry_names_the_ground_and_neither_the_line_nor_the_comment(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    report(database, consultation, number, now)
    with database.session(read_only=True) as db:
        entry = list(log.entries(db, consultation.log_id))[-1].content
    assert entry["subject"].startswith("report/")
    assert entry["payload"]["ground"] == "personal-data"
    assert LINE not in str(entry)
    assert set(entry["payload"]["commitments"]) == {"about", "line"}


def test_one_form_reports_once(database: Database, consultation: ConsultationView, number: int, now: datetime) -> None:
    report(database, consultation, number, now)
    with pytest.raises(AlreadyReceived):
        report(database, consultation, number, now)
    with database.session(read_only=True) as db:
        flags.repeated(db, said=Flag(number, Ground.PERSONAL_DATA, LINE), submission="k")
        for other in (Flag(number, Ground.HATE, LINE), Flag(number, Ground.PERSONAL_DATA, None)):
            with pytest.raises(Conflict):
                flags.repeated(db, said=other, submission="k")
        with pytest.raises(Conflict):
            flags.repeated(db, said=Flag(number, Ground.PERSONAL_DATA, LINE), submission="otra")
        assert len(db.execute(select(Report.id)).all()) == 1


def test_only_published_comments_are_reported(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    [waiting] = comment(database, consultation, "Espera", on=1, status=Status.RECEIVED)
    for wrong in (1, waiting.number, 999):
        with pytest.raises(NotFound):
            report(database, consultation, wrong, now, key=str(wrong))


def test_what_was_said_goes_with_the_comment(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    report(database, consultation, number, now)
    report(database, consultation, number, now, key="otro", line=None)
    with database.transaction() as db:
        id_ = status.by_number(db, consultation, number).id
        flags.forget_lines(db, id_)
    with database.session(read_only=True) as db:
        assert [one.line for one in flags.of(db, id_)] == [None, None]
        salts = list(db.execute(select(Report.line_salt)).scalars())
    assert salts == [None, None]
