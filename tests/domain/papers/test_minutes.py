"""The minutes of a table: four sections and the notes they rest on, in versions."""

from __future__ import annotations

from datetime import datetime

import pytest

from consulta.database.transactions import Database
from consulta.domain.acts import reading as acts
from consulta.domain.acts.table_minutes import TableMinutes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.forums import reading as forums
from consulta.domain.ledger.log import By
from consulta.domain.papers import minutes
from tests.support import papers
from tests.support.audits import sound
from tests.support.consultations import said
from tests.support.forums import announce
from tests.support.people import staff

SAID = {"said_most": "Falta agua.\nNotas en que se basa:\nn.º 99", "agreed": "  Pozos.  ", "proposed": " "}


@pytest.fixture
def printed(database: Database, consultation: ConsultationView, now: datetime) -> list[int]:
    """A forum with the notes of two tables; the numbers of the first table's."""
    announce(database, consultation, now)
    account = staff(database, consultation)
    papers.batch(database, consultation, now, 3)
    papers.batch(database, consultation, now, 2, theme=1)
    papers.enter(database, consultation, now, 1, "Falta agua", "Y luz", account=account)
    papers.enter(database, consultation, now, 4, "De otra mesa", account=account)
    return [1, 2]


def publish(
    database: Database,
    view: ConsultationView,
    now: datetime,
    *notes: int,
    seen: int = 0,
    theme: int = 0,
    sections: dict[str, str] = SAID,
) -> str:
    """Publish the minutes of a table; the act's address."""
    with database.transaction() as db:
        forum = forums.one(db, view, "foro")
        reason = said("Faltaba una nota de la mesa.") if seen else None
        given = TableMinutes.of(sections, notes)
        about = {"seen": seen, "reason": reason, "by": By(None, "equipo"), "now": now}
        return minutes.publish(db, view, forum, view.themes[theme], given, **about)  # type: ignore[arg-type]


def test_minutes_are_an_act_whose_words_are_kept_as_they_were_written(
    database: Database, consultation: ConsultationView, now: datetime, printed: list[int]
) -> None:
    key = publish(database, consultation, now, *printed)
    assert key == "acta-foro-tema-1"
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        assert [one for one, _theme in minutes.published(db, consultation, forum)] == [key]
        assert minutes.version_of(db, consultation, forum, consultation.themes[0]) == 1
        assert minutes.version_of(db, consultation, forum, consultation.themes[1]) == 0
        act = acts.one(db, consultation, key)
    assert act.now.table is not None
    assert act.now.table.sections == {"said_most": SAID["said_most"], "agreed": "Pozos."}
    assert act.now.table.notes == (1, 2), "a line that reads like a heading invents no note"
    sound(database)


def test_a_second_version_says_why_and_a_stale_one_is_refused(
    database: Database, consultation: ConsultationView, now: datetime, printed: list[int]
) -> None:
    publish(database, consultation, now, 1)
    publish(database, consultation, now, 1, 2, seen=1)
    with pytest.raises(Conflict):
        publish(database, consultation, now, 1, seen=1)
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        assert minutes.version_of(db, consultation, forum, consultation.themes[0]) == 2


def test_minutes_say_something_of_their_own_table_and_rest_on_its_notes(
    database: Database, consultation: ConsultationView, now: datetime, printed: list[int]
) -> None:
    with pytest.raises(Invalid) as refused:
        publish(database, consultation, now, sections={"agreed": " \n"})
    assert refused.value.field == "said_most"
    with pytest.raises(Invalid, match="3, 99"):
        publish(database, consultation, now, 1, 3, 99)
    with pytest.raises(NotFound):
        publish(database, consultation, now, theme=4)


@pytest.mark.parametrize(("language", "heading"), [("es", "Lo que más se dijo"), ("en", "What was said most")])
def test_headings_are_in_the_readers_language(language: str, heading: str) -> None:
    table = TableMinutes.of(SAID, [1, 2])
    parts = table.parts(language)
    assert parts[0] == (heading, SAID["said_most"])
    assert parts[-1][1] == "n.º 1, n.º 2"
    assert TableMinutes.of(**table.as_stored()) == table
