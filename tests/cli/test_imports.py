"""Real input: HTML, two forms of dates, titles without text, repeats, withdrawn rows, and files that are wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import figures
from consulta.models.contributions import Contribution
from consulta.models.opinions import Opinion
from tests.support import commands
from tests.support.consultations import a_consultation

SAMPLE = Path(__file__).parents[1] / "data" / "opiniones.csv"


def take(app: Flask, file: Path, *more: str) -> Result:
    """An import into the test's consultation."""
    return commands.run(app, "import", "opinions", str(file), "--consultation", "prueba", *more)


def written(tmp_path: Path, content: str | bytes) -> Path:
    """A file of this content."""
    path = tmp_path / "archivo.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bodies(database: Database) -> list[tuple[str | None, str | None, str]]:
    """Title, text and status of what is stored."""
    opinion = Opinion.__table__
    with database.session(read_only=True) as db:
        query = select(Contribution.title, opinion.c.body, Contribution.status).order_by(Contribution.number)
        rows = db.execute(query.join(opinion, opinion.c.id == Contribution.id))
        return [(title, body, status.value) for title, body, status in rows]


def test_the_sample_imports_twice_with_a_report(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path
) -> None:
    report = tmp_path / "left.csv"
    first = take(app, SAMPLE, "--report", str(report))
    assert first.exit_code == 0
    for line in (
        "filas leídas: 7",
        "tomadas: 5",
        "retiradas en su origen: 1",
        "fila del archivo (se toman todas): 1",
        "ya estaban: 0",
        "no tomadas: 2",
        "email",
    ):
        assert line in first.output
    left = list(csv.DictReader(report.read_text("utf-8-sig").splitlines()))
    assert [(row["line"], row["column"]) for row in left] == [("6", "description"), ("7", "created_at")]
    assert bodies(database) == [
        ("Arreglar el puente", "El puente está caído.\n\n- Sin baranda\n- Sin luz", "received"),
        ("Agua para la aldea", None, "received"),
        ("Más luz", "Véase el estudio (https://ejemplo.org/luz) de 2025.", "withdrawn"),
        ("Agua para la aldea", None, "received"),
        ("O'Brien y ch’e’", "Línea uno\nlínea dos", "received"),
    ]
    second = take(app, SAMPLE)
    assert "tomadas: 0" in second.output
    assert "ya estaban: 5" in second.output
    with database.session(read_only=True) as db:
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []
        assert figures.tally(db, consultation, today=consultation.schedule_since.date())["balanced"]


def test_no_address_of_a_person_is_stored(app: Flask, database: Database, consultation: ConsultationView) -> None:
    take(app, SAMPLE)
    with database.read.connect() as connection:
        for table in ("contributions", "contributors", "opinions", "ledger_entries", "imports"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert "@persona.example" not in repr(rows), table


def test_a_dry_run_writes_nothing(app: Flask, database: Database, consultation: ConsultationView) -> None:
    result = take(app, SAMPLE, "--dry-run")
    assert "no se escribió nada" in result.output
    assert bodies(database) == []


def test_strict_takes_all_or_nothing(app: Flask, database: Database, consultation: ConsultationView) -> None:
    assert take(app, SAMPLE, "--strict").exit_code == 2
    assert bodies(database) == []


def test_without_identifiers_content_and_occurrence_count(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path
) -> None:
    file = written(tmp_path, "body\nLa misma opinión\nLa misma opinión\nOtra más\n")
    assert "tomadas: 3" in take(app, file).output
    assert "ya estaban: 3" in take(app, file).output
    more = written(tmp_path, "body\nLa misma opinión\nLa misma opinión\nLa misma opinión\n")
    assert "tomadas: 1" in take(app, more).output


def test_an_interrupted_import_is_finished_by_the_same_command(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "id,body\n" + "".join(f"{n},Opinión número {n}\n" for n in range(500)))
    from consulta.domain.intake import importing

    whole = importing.pieces
    monkeypatch.setattr(importing, "pieces", lambda found: list(whole(found))[:1])
    monkeypatch.setattr(importing, "end", lambda *_args, **_kwargs: None)
    take(app, file)
    monkeypatch.undo()
    assert len(bodies(database)) == 200
    assert "tomadas: 300" in take(app, file).output
    assert len(bodies(database)) == 500
    with database.session(read_only=True) as db:
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,body\n1,Opinión\n".encode("latin-1"), "línea 2: el archivo no está en UTF-8"),
        ("id,votos\n1,2\n", "falta la columna del texto"),
        ("", "está vacío"),
        ('id,body\n1,"' + "x" * 300_000 + '"\n', "línea"),
        ('id,body\n1,"sin cerrar\n', "línea"),
    ],
    ids=["latin-1", "no column", "empty", "huge field", "open quote"],
)
def test_a_file_that_cannot_be_read_is_named_by_line(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path, content: str | bytes, words: str
) -> None:
    result = take(app, written(tmp_path, content))
    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert bodies(database) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,Un texto,tema-9,,", "no hay tal tema"),
        ("1,Un texto,,99,", "no está en la lista"),
        ("1,Un texto,,,2099-01-01", "no es una fecha pasada"),
        ("1,...,,,", "ni una letra"),
        ("1,a\x00b texto,,,", "signo que no se puede guardar"),
        (f"1,{'x' * 20_001},,,", "caben 20,000"),
    ],
)
def test_a_row_that_cannot_be_taken_is_listed_and_the_rest_taken(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path, row: str, words: str
) -> None:
    file = written(tmp_path, f"id,body,theme,department,date\n{row}\n2,La buena,B,16,2026-01-02\n")
    result = take(app, file)
    assert result.exit_code == 0
    assert words in result.output
    assert [body for _, body, _ in bodies(database)] == ["La buena"]


def test_columns_are_mapped_by_hand(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path
) -> None:
    file = written(tmp_path, "clave|dice|cuando\n7|Con otras columnas|2026.01.02\n")
    result = take(
        app,
        file,
        "--delimiter",
        "|",
        "--map",
        "external_id=clave",
        "--map",
        "body=dice",
        "--map",
        "received_on=cuando",
        "--date-format",
        "%Y.%m.%d",
        "--channel",
        "paper",
    )
    assert "tomadas: 1" in result.output
    assert take(app, file, "--map", "body=nada").exit_code == 2
    assert take(app, file, "--map", "edad=dice").exit_code == 2


def test_a_consultation_of_seven_themes_is_imported_from_its_file(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path
) -> None:
    file = tmp_path / "siete.json"
    file.write_text(json.dumps(a_consultation("siete", 7)))
    assert commands.run(app, "import", "consultation", str(file)).output == "ok: siete\n"
    assert commands.run(app, "import", "consultation", str(file)).exit_code == 2
    assert json.loads(commands.run(app, "tally", "siete", "--format", "json").output)["themes"][6]["slug"] == "tema-7"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "línea 1, columna 2"),
        ("[]", "objeto"),
        ('{"slug": "x"}', "falta «kind»"),
        (json.dumps({**a_consultation("rota"), "themes": [{"letter": "A"}]}), "falta «slug»"),
        (json.dumps({**a_consultation("rota"), "timezone": "Mars/X"}), "rota.json"),
    ],
)
def test_a_broken_consultation_file_is_named_and_leaves_nothing(
    app: Flask, database: Database, consultation: ConsultationView, tmp_path: Path, content: str, words: str
) -> None:
    file = tmp_path / "rota.json"
    file.write_text(content)
    result = commands.run(app, "import", "consultation", str(file))
    assert result.exit_code == 2
    assert words in result.output
    assert "rota" not in commands.run(app, "ledger", "check").output.replace("rota.json", "")
