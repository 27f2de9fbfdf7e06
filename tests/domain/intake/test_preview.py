"""The first pass over a file of opinions."""

from __future__ import annotations

from datetime import date

import pytest

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.domain.files.tables import TableFile
from consulta.domain.intake import columns, preview
from consulta.domain.intake.preview import Survey

TODAY = date(2026, 11, 28)


def surveyed(database: Database, consultation: ConsultationView, text: str, **rest: str) -> Survey:
    """What the first pass finds in a table."""
    with database.session(read_only=True) as db:
        return preview.survey(db, consultation, TableFile(text.encode(), "a.csv", **rest), today=TODAY)  # type: ignore[arg-type]


def test_a_row_is_taken_with_everything(database: Database, consultation: ConsultationView) -> None:
    found = surveyed(
        database,
        consultation,
        "id,title,body,theme,date,department,language,retired_at\n"
        "7,Agua,Falta agua en mi colonia,tema-1,2016-05-31,16,quc,\n",
    )
    (one,) = found.taken
    assert (one.line, one.external_id, one.source) == (2, "7", "a")
    assert (one.title, one.body) == ("Agua", "Falta agua en mi colonia")
    assert one.theme is not None
    assert one.theme.slug == "tema-1"
    assert (one.received_on, one.department, one.language) == (date(2016, 5, 31), "16", "quc")
    assert not one.withdrawn
    assert (found.rows, found.known, found.repeated, found.left) == (1, 0, 0, [])


@pytest.mark.parametrize(
    ("row", "column", "value", "why"),
    [
        ("1,,tema-1,,", "body", "", "no dice nada"),
        ("1,...,tema-1,,", "body", "...", "no dice nada"),
        ("1,Falta agua,tema-9,,", "theme", "tema-9", "no hay tal tema"),
        ("1,Falta agua,tema-1,ayer,", "date", "ayer", "no es una fecha"),
        ("1,Falta agua,tema-1,2030-01-01,", "date", "2030-01-01", "no es una fecha"),
        ("1,Falta agua,tema-1,,99", "department", "99", "no está en la lista"),
        (f"1,{'a' * 20_001},tema-1,,", "body", "a" * 60, "20,001 caracteres"),
        ("1,Falta agua, luz y caminos,tema-1,,01", "department", "01", "más celdas que columnas"),
    ],
)
def test_a_row_that_is_not_taken_says_where_and_why(
    database: Database, consultation: ConsultationView, row: str, column: str, value: str, why: str
) -> None:
    found = surveyed(database, consultation, f"id,body,theme,date,department\n{row}\n")
    assert found.taken == []
    (left,) = found.left
    assert (left.line, left.column, left.value) == (2, column, value)
    assert why in left.why


def test_a_text_that_no_quotation_marks_hold_together_is_never_taken_in_part(
    database: Database, consultation: ConsultationView
) -> None:
    found = surveyed(database, consultation, 'body\nFalta agua, mucha agua\n"Falta luz, mucha luz"\n')
    assert [one.body for one in found.taken] == ["Falta luz, mucha luz"]
    assert [(left.line, left.value) for left in found.left] == [(2, " mucha agua")]


def test_a_column_that_is_there_twice_is_refused(database: Database, consultation: ConsultationView) -> None:
    with pytest.raises(Invalid, match=r"«body \(columna A\)» y «body \(columna B\)»"):
        surveyed(database, consultation, "body,body\nFalta agua,Falta luz\n")
    assert len(surveyed(database, consultation, "x,body,x\n1,Falta agua,2\n").taken) == 1


def test_equal_texts_without_an_identifier_are_as_many_as_there_are(
    database: Database, consultation: ConsultationView
) -> None:
    found = surveyed(database, consultation, "body\nFalta agua\nFalta agua\nFalta luz\n")
    assert found.repeated == 1
    assert len({one.external_id for one in found.taken}) == 3
    assert {one.source for one in found.taken} == {preview.CONTENT}


def test_an_identifier_that_comes_twice_is_taken_once(database: Database, consultation: ConsultationView) -> None:
    found = surveyed(database, consultation, "id,body\n1,Falta agua\n1,Falta luz\n")
    assert [one.body for one in found.taken] == ["Falta agua"]
    assert [(left.line, left.column, left.value) for left in found.left] == [(3, "id", "1")]


def test_columns_with_personal_data_are_left_out(database: Database, consultation: ConsultationView) -> None:
    found = surveyed(database, consultation, "body,DPI,correo\nFalta agua,123,a@example.org\n")
    assert found.dropped_columns == ["DPI", "correo"]
    assert "example.org" not in str(found.taken)


def test_a_mapping_is_heard_before_a_guess(database: Database, consultation: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        given = TableFile(b"body,dicho\nuno dos,tres cuatro\n", "a.csv", mapping={"body": "dicho"})
        assert preview.survey(db, consultation, given, today=TODAY).taken[0].body == "tres cuatro"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "está vacío"), ("a,b\n1,2\n", "hay a, b"), ('"body\n', "comillas no cierran"), ('body\n"x\n', "línea")],
)
def test_a_table_that_cannot_be_read_is_refused_as_a_whole(
    database: Database, consultation: ConsultationView, text: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        surveyed(database, consultation, text)


def test_a_mapping_of_what_is_not_there_is_refused() -> None:
    for mapping, words in (({"cuerpo": "a"}, "no existe ese campo"), ({"body": "z"}, "falta la columna «z»")):
        with pytest.raises(Invalid, match=words):
            columns.opened(TableFile(b"a,b\n1,2\n", "a.csv", mapping=mapping))
