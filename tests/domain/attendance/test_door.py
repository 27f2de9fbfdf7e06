"""Finding people at the door."""

from __future__ import annotations

from datetime import datetime

from consulta.database.transactions import Database
from consulta.domain.attendance import door
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from tests.support.forums import announce, register


def test_a_name_that_looks_like_a_code_is_a_name(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    [code] = register(database, consultation, now, "Otto Rene Tzoc Caal")
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        for typed in ("otto rene tzoc caal", code, f"Código: {code.lower()}"):
            assert [one.name for one in door.search(db, forum, typed)] == ["Otto Rene Tzoc Caal"]
        assert door.search(db, forum, "0000-0000-0000-0000") == []
