"""The figures: the same number on every screen, file and command."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import editions, tally
from consulta.models.contributions import Status
from consulta.models.moderation import Verdict
from tests.support.contributions import admit
from tests.support.moderation import decide
from tests.support.people import staff
from tests.support.visitor import Visitor

FIGURES = ("theme", "kind", "channel", "department", "taking_part_as", "age_group", "gender", "language", "day")


def table(visitor: Visitor, path: str) -> list[dict[str, str]]:
    """A CSV file as rows."""
    answer = visitor.get(path)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def counted(visitor: Visitor, database: Database, consultation: ConsultationView) -> Visitor:
    """A reader, and contributions of every status."""
    account = staff(database, consultation)
    admit(database, consultation, *[f"Opinión {n} de uno" for n in range(7)], theme="tema-1", department="16")
    admit(database, consultation, *[f"Opinión {n} de dos" for n in range(3)], theme="tema-2", gender="woman")
    admit(database, consultation, "Venía retirada", status=Status.WITHDRAWN)
    for number in (1, 2, 8):
        decide(database, consultation, account, number)
    decide(database, consultation, account, 3, verdict=Verdict.REJECT, reason="off-topic")
    return visitor


def test_screen_file_and_command_say_the_same(counted: Visitor, app: Flask) -> None:
    page = counted.get("…/resultados").text
    row = re.search(r"<tfoot>.*?</tfoot>", page, re.S)
    assert row
    screen = [int(n) for n in re.findall(r"<strong>(\d+)</strong>", row[0])]
    rows = table(counted, "…/datos/theme.csv")
    groups = ("received", "pending", "published", "rejected", "withdrawn", "erased", "annulled")
    file = [sum(int(one[group]) for one in rows) for group in groups]
    told = json.loads(app.test_cli_runner().invoke(args=["tally", "prueba", "--format", "json"]).output)
    command = [told["total"]["opinion"][group] for group in groups]
    home = re.findall(r"<dd>(\d+)</dd>", counted.get("…").text)
    assert file == command == [11, 6, 3, 1, 1, 0, 0]
    assert screen == file[:-1], "what an annulled import brought stands in the files, and in a line of the page"
    assert told["balanced"] is True
    assert [int(n) for n in home] == [11, 4, 3, 0]


def test_small_cells_of_traits_are_hidden_everywhere(
    counted: Visitor, database: Database, consultation: ConsultationView
) -> None:
    assert table(counted, "…/datos/gender.csv") == [], "nothing before there are ten, and then in steps"
    assert "se publican cuando hay al menos diez" in counted.get("…/resultados").text
    with database.transaction() as db:
        assert editions.renew_contributions(db, consultation, today=consultation.today(datetime.now(UTC)))
    rows = {row["gender"]: row["received"] for row in table(counted, "…/datos/gender.csv")}
    assert rows == {"": "oculto", "woman": "<5", "total": "11"}
    page = counted.get("…/resultados").text
    assert "&lt;5" in page
    assert "oculto" in page
    assert ">8<" not in page, "eight others would tell that they are three"


@pytest.mark.parametrize(
    "figure", ["theme", "kind", "channel", "department", "taking_part_as", "age_group", "gender", "language", "day"]
)
def test_every_figure_is_a_file_with_a_header(counted: Visitor, figure: str) -> None:
    rows = table(counted, f"…/datos/{figure}.csv")
    if figure in tally.TRAITS:
        assert rows == []
        return
    received = [int(row["received"]) for row in rows]
    assert received[-1] == sum(received[:-1]) == 11 or (figure in ("theme", "day") and sum(received) == 11)
    assert figure in rows[0]


def test_the_file_of_contributions_holds_what_is_published_and_no_trait(counted: Visitor) -> None:
    rows = table(counted, "…/datos/aportes.csv")
    assert [row["number"] for row in rows] == ["1", "2", "8"]
    assert set(rows[0]) == {
        "number",
        "kind",
        "channel",
        "theme",
        "department",
        "week",
        "title",
        "body",
        "name",
        "status",
        "on",
        "part",
        "reply_to",
        "supports",
    }
    assert re.fullmatch(r"\d{4}-W\d{2}", rows[0]["week"])


@pytest.mark.parametrize("text", ["=1+1 y algo", "+cmd|calc", "-2+3 texto", "@SUM(A1)", "\t=1+1 texto"])
def test_what_a_spreadsheet_would_run_is_neutralised(
    visitor: Visitor, database: Database, consultation: ConsultationView, text: str
) -> None:
    admit(database, consultation, text, status=Status.PUBLISHED)
    assert table(visitor, "…/datos/aportes.csv")[0]["body"] == f"'{text}"


def test_a_department_without_a_voice_is_named(counted: Visitor) -> None:
    page = counted.get("…/resultados").text
    assert "De 1 departamento no llegó nada: Guatemala" in page
    assert "Por 100,000 habitantes" in page


def test_every_figure_says_what_it_is_not(counted: Visitor) -> None:
    page = counted.get("…/resultados").text
    assert page.count("Se cuentan aportes, no personas; no es una encuesta.") >= 5


def test_the_head_stands_on_the_results_the_ledger_and_the_receipt(counted: Visitor) -> None:
    counted.give("Una más para el comprobante")
    heads = {
        re.findall(r'class="hash"[^>]*>([0-9a-f]{64})<', counted.get(path).text)[0]
        for path in ("…/resultados", "…/bitacora", "…/comprobante")
    }
    assert len(heads) == 1


def test_the_ledger_file_lets_anybody_recompute_the_head(counted: Visitor) -> None:
    from consulta.domain.ledger import log as ledger

    rows = table(counted, "…/bitacora.csv")
    head = ledger.GENESIS
    for position, row in enumerate(rows, start=1):
        assert int(row["position"]) == position
        head = ledger.next_head(head, row["entry"])
        assert row["head"] == head.hex()
    assert head.hex() in counted.get("…/bitacora").text


def test_poster_and_image_are_made(counted: Visitor) -> None:
    assert counted.get("…/cartel.pdf").data.startswith(b"%PDF")
    image = counted.get("…/imagen.png").data
    assert image.startswith(b"\x89PNG")
    assert int.from_bytes(image[16:20], "big") == 1200
    assert int.from_bytes(image[20:24], "big") == 630
    assert len(image) < 200_000
