"""What is there already: the same file under another name, with eaten zeros, corrected, or only in the same words."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.files.tables import TableFile
from consulta.domain.intake import importing, known, preview
from consulta.domain.intake.preview import Survey
from consulta.models.contributions import Channel
from tests.support.audits import sound
from tests.support.contributions import admit, stored

FAULTS = Path(__file__).parents[2] / "data" / "faults"


def surveyed(database: Database, view: ConsultationView, data: bytes, name: str = "a.csv", **said: Any) -> Survey:
    """The first pass."""
    with database.session(read_only=True) as db:
        return preview.survey(db, view, TableFile(data, name, **said), today=view.today(datetime.now().astimezone()))


def taken(database: Database, view: ConsultationView, data: bytes, name: str = "a.csv", **said: Any) -> Survey:
    """Both passes."""
    found, now = surveyed(database, view, data, name, **said), datetime.now().astimezone()
    with database.transaction() as db:
        import_id = importing.begin(db, view, found, now=now)
    for piece in importing.pieces(found):
        with database.transaction() as db:
            importing.write(db, view, piece, import_id=import_id, channel=Channel.IMPORT, now=now)
    with database.transaction() as db:
        importing.end(db, view, import_id, len(found.taken), now=now)
    return found


def fault(name: str) -> bytes:
    """One of the files as people have them."""
    return (FAULTS / name).read_bytes()


@pytest.mark.parametrize(
    ("first", "second"),
    [("again/respuestas.csv", "again/respuestas (1).csv"), ("again/boletas.csv", "again/boletas-excel.csv")],
)
def test_the_same_rows_are_known_whatever_the_file_is_called(
    database: Database, consultation: ConsultationView, first: str, second: str
) -> None:
    taken(database, consultation, fault(first), Path(first).name)
    found = surveyed(database, consultation, fault(second), Path(second).name)
    assert (found.known, found.taken, found.left, found.alike) == (2, [], [], [])


def test_another_text_under_the_same_identifier_is_named_with_its_line(
    database: Database, consultation: ConsultationView
) -> None:
    taken(database, consultation, fault("again/respuestas.csv"), "respuestas.csv")
    found = surveyed(database, consultation, fault("again/v2/respuestas.csv"), "respuestas.csv")
    assert (found.known, found.taken) == (1, [])
    [left] = found.left
    assert (left.line, left.column, left.value, left.why) == (2, "id", "1", "ya estaba con otro texto")


def test_the_same_words_from_elsewhere_are_shown_and_somebody_decides(
    database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, "Falta agua en mi aldea")
    data = b"id,body\n1,Falta agua en mi aldea\n2,Otra cosa\n"
    found = surveyed(database, consultation, data)
    assert [one.line for one in found.alike] == [2]
    assert found.undecided
    assert [one.body for one in found.taken] == ["Otra cosa"], "never taken, never dropped, before it was decided"
    skipped = surveyed(database, consultation, data, alike="skip")
    assert not skipped.undecided
    assert [(one.line, one.why) for one in skipped.left] == [(2, "ya hay un aporte que dice lo mismo")]
    taken(database, consultation, data, alike="take")
    assert sorted(stored(database)) == ["Falta agua en mi aldea", "Falta agua en mi aldea", "Otra cosa"]
    assert surveyed(database, consultation, data).known == 2
    sound(database)


def test_rows_without_an_identifier_are_as_many_as_their_import_says(
    database: Database, consultation: ConsultationView
) -> None:
    data = b"body\nFalta agua\nFalta agua\nFalta luz\n"
    taken(database, consultation, data, "coban.csv")
    assert surveyed(database, consultation, data, "coban (2).csv").known == 3
    more = surveyed(database, consultation, data + b"Falta agua\n", "coban.csv")
    assert (more.known, len(more.alike)) == (3, 1), "a third person who says it, or the same paper again?"
    elsewhere = surveyed(database, consultation, data, "peten.csv")
    assert (elsewhere.known, len(elsewhere.alike), elsewhere.taken) == (0, 3, [])
    taken(database, consultation, data, "peten.csv", alike="take")
    assert len(stored(database)) == 6
    assert surveyed(database, consultation, data, "peten.csv").known == 3
    sound(database)


@pytest.mark.parametrize(
    ("one", "other"), [("0012", "12"), ("12", "12.0"), (" A-7 ", "a-7"), ("000", "0"), ("1.5", "1.5"), ("x", "X")]
)
def test_an_identifier_is_the_same_though_a_spreadsheet_ate_its_zeros(one: str, other: str) -> None:
    assert known.normal(one) == known.normal(other)
    assert known.normal("12") != known.normal("120")


def test_tags_and_arrows_are_kept_unless_the_whole_cell_is_html(
    database: Database, consultation: ConsultationView
) -> None:
    found = surveyed(database, consultation, fault("lt-gt.csv"))
    assert found.changed == []
    assert found.taken[0].body == ("Si el ingreso es <Q3000 al mes y la familia tiene >4 hijos debe tener beca.")
    assert (found.taken[4].body or "").count("<<") == 1
    found = surveyed(database, consultation, fault("amp-lines.csv"))
    assert [one.line for one in found.changed] == [7, 12]
    assert found.changed[0].before.replace("&amp;", "&") == found.changed[0].after
    assert [(one.body or "").count("\n") for one in found.taken] == [4, 4, 4, 0]
    assert (found.taken[3].body or "") == "La empresa I&D; y la unidad R&copy; piden AT&T;"


def test_days_as_programs_write_them(database: Database, consultation: ConsultationView) -> None:
    found = surveyed(database, consultation, fault("dates.csv"), mapping={"received_on": "fecha"})
    day = date(2026, 11, 20)
    said = {one.external_id: one.received_on for one in found.taken}
    assert {name: said[name] for name in ("f1", "f2", "f3", "f5", "f6", "f7")} == dict.fromkeys(
        ("f1", "f2", "f3", "f5", "f6", "f7"), day
    )
    assert "f4" not in said
    [refused] = [one for one in found.left if one.value.startswith("1980")]
    assert (refused.line, refused.column) == (5, "fecha")
    assert "antes de" in refused.why


def test_a_row_that_is_too_wide_or_a_heading_twice(database: Database, consultation: ConsultationView) -> None:
    found = surveyed(database, consultation, fault("ragged-two-cols.csv"))
    assert found.taken == []
    assert found.left[0].line == 2
    with pytest.raises(Exception, match=r"«body \(columna B\)» y «body \(columna C\)»"):
        surveyed(database, consultation, fault("dup-header.csv"))
    chosen = surveyed(database, consultation, fault("dup-header.csv"), mapping={"body": "body (columna B)"})
    assert len(chosen.taken) == 2


def test_words_are_asked_about_once_and_refusals_are_grouped(
    database: Database, consultation: ConsultationView
) -> None:
    rows = "\n".join(f"{n},Opinión {n},Aguas y ríos" for n in range(1, 501))
    data = f"id,body,tema\n{rows}\n501,La última,TEMA 2\n".encode()
    found = surveyed(database, consultation, data)
    assert [one.external_id for one in found.taken] == ["501"]
    assert found.strange["theme"] == {"Aguas y ríos": 500}
    [group] = found.refusals()
    assert (group.count, group.why, group.value, group.lines) == (
        500,
        "no hay tal tema",
        "Aguas y ríos",
        (2, 3, 4, 5, 6),
    )
    meant = surveyed(database, consultation, data, values={"theme": {"Aguas y ríos": "tema-1"}})
    assert (len(meant.taken), meant.left) == (501, [])
    assert {one.theme.slug for one in meant.taken if one.theme} == {"tema-1", "tema-2"}


def test_our_own_export_comes_back_as_it_went_out(database: Database, consultation: ConsultationView) -> None:
    from consulta.documents import tables as documents

    header = ("number", "kind", "theme", "channel", "department", "week", "title", "body")
    text = "=1+1 y <b>lo demás</b>, con «comas»\ny líneas"
    data = b"".join(documents.rows(header, [(1, "opinion", "tema-1", "web", "16", "2026-W48", "-Título", text)]))
    [one] = surveyed(database, consultation, data).taken
    assert (one.title, one.department, one.theme and one.theme.slug) == ("-Título", "16", "tema-1")
    assert one.body is not None
    assert one.body.startswith("=1+1 y lo demás, con «comas»")
