"""What is published: filters, search, paging, stable addresses, feeds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.contributions import Status
from tests.support.contributions import admit
from tests.support.moderation import decide
from tests.support.people import staff
from tests.support.visitor import Visitor

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def shown(visitor: Visitor, database: Database, consultation: ConsultationView) -> Visitor:
    """A reader, and a few published opinions."""
    published = {"status": Status.PUBLISHED}
    admit(database, consultation, "La participación ciudadana importa", theme="tema-1", department="16", **published)
    admit(database, consultation, "Agua limpia para la aldea", theme="tema-2", department="01", **published)
    admit(database, consultation, "Transparencia en la compra de agua", theme="tema-2", **published)
    admit(database, consultation, "Sin tema pero con fe: ch'e' y O'Brien", **published)
    admit(database, consultation, "Esta agua está oculta", status=Status.RECEIVED)
    return visitor


def numbers(page: str) -> list[int]:
    """The numbers listed on a page."""
    return [int(n) for n in re.findall(r"/aportes/(\d+)\"", page)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [4, 3, 2, 1]),
        ("?order=antiguas", [1, 2, 3, 4]),
        ("?theme=tema-2", [3, 2]),
        ("?theme=", [4]),
        ("?theme=*", [4, 3, 2, 1]),
        ("?department=16", [1]),
        ("?q=participacion", [1]),
        ("?q=PARTICIPACIÓN", [1]),
        ("?q=participaciones", [1]),
        ("?q=agua", [3, 2]),
        ("?q=agua&theme=tema-2&department=01", [2]),
        ("?q=che", [4]),
        ("?q=ch%E2%80%99e%E2%80%99", [4]),
        ("?q=obrien", [4]),
        ("?q=O%CA%BCBrien", [4]),
        ("?q=nada+de+esto", []),
        ("?kind=opinion", [4, 3, 2, 1]),
        ("?q=%22%27%29+OR+1%3D1", []),
        ("?q=*", [4, 3, 2, 1]),
        ("?q=%00agua", [3, 2]),
        ("?q=" + "x" * 3000, []),
        ("?q=agua+AND+NOT+limpia", []),
    ],
)
def test_filters_and_search_find_what_they_should(shown: Visitor, query: str, expected: list[int]) -> None:
    assert numbers(shown.get(f"…/aportes{query}").text) == expected


@pytest.mark.parametrize(
    ("query", "valid"),
    [
        ("theme=otro", "tema-1"),
        ("kind=poema", "opinion"),
        ("department=99", "16"),
        ("order=azar", "recientes"),
        ("after=x", ""),
    ],
)
def test_an_unknown_filter_is_400_with_the_valid_ones(shown: Visitor, query: str, valid: str) -> None:
    assert valid in shown.get(f"…/aportes?{query}", 400).text


def test_paging_shows_each_once_while_more_arrive(
    shown: Visitor, database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, *[f"Opinión número {n}" for n in range(50)], status=Status.PUBLISHED)
    seen, path = [], "…/aportes"
    while path:
        page = shown.get(path).text
        seen += numbers(page)
        admit(database, consultation, "Llega mientras leo", status=Status.PUBLISHED)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 54


def test_the_exact_count_is_shown_and_follows_a_withdrawal(shown: Visitor) -> None:
    assert "<strong>4 aportes</strong>" in shown.get("…/aportes").text
    assert "<strong>2 aportes</strong>" in shown.get("…/aportes?theme=tema-2").text
    assert "<strong>1 aporte</strong>" in shown.get("…/aportes?department=16").text


def test_a_contribution_has_a_stable_address(shown: Visitor) -> None:
    page = shown.get("…/aportes/1").text
    assert "La participación ciudadana importa" in page
    assert "Alta Verapaz" in page
    shown.get("…/aportes/5", 404)
    shown.get("…/aportes/99999999999999", 404)


def test_a_name_shows_only_if_its_owner_said_so(
    visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, "Firmo lo que digo", status=Status.PUBLISHED, name="Eva Pú", publish_name=True)
    admit(database, consultation, "No firmo lo que digo", status=Status.PUBLISHED, name="Oculto Tzul")
    everything = visitor.get("…/aportes").text + visitor.get("…/aportes/1").text + visitor.get("…/aportes/2").text
    assert "Eva Pú" in everything
    assert "Tzul" not in everything


@pytest.mark.parametrize("path", ["…/aportes.atom", "…/temas/tema-2.atom"])
def test_the_feeds_are_atom(shown: Visitor, path: str) -> None:
    answer = shown.get(path)
    feed = ET.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == (2 if "temas" in path else 4)
    for entry in entries:
        assert entry.find(f"{ATOM}id").text.startswith("http://localhost/consultas/prueba/aportes/")  # type: ignore[union-attr]
        assert entry.find(f"{ATOM}author/{ATOM}name") is not None


def test_an_empty_feed_is_valid(visitor: Visitor) -> None:
    assert ET.fromstring(visitor.get("…/aportes.atom").data).find(f"{ATOM}updated") is not None


def test_links_and_line_breaks_are_made_and_html_is_not(
    visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    text = "Vea https://ejemplo.org/a?b=1&c=2.\nSegunda línea\n\n<b>no</b> javascript:alert(1)"
    admit(database, consultation, text, status=Status.PUBLISHED)
    page = visitor.get("…/aportes/1").text
    assert '<a href="https://ejemplo.org/a?b=1&amp;c=2" rel="nofollow ugc noopener">' in page
    assert "<br>Segunda línea</p><p>&lt;b&gt;no&lt;/b&gt;" in page
    assert 'href="javascript' not in page


def test_an_etag_answers_304_until_something_happens(
    shown: Visitor, database: Database, consultation: ConsultationView
) -> None:
    first = shown.get("…/aportes")
    again = shown.client.get(shown.path("…/aportes"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    admit(database, consultation, "Algo nuevo de hoy", status=Status.PUBLISHED)
    again = shown.client.get(shown.path("…/aportes"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "Algo nuevo de hoy" in again.text


def test_a_public_page_sets_no_cookie(shown: Visitor) -> None:
    for path in ("/", "…", "…/aportes", "…/resultados", "…/bitacora", "…/cronograma", "…/datos", "…/aportes.atom"):
        assert "Set-Cookie" not in shown.app.test_client().get(shown.path(path)).headers, path
    chosen = shown.app.test_client().get(shown.path("…/aportes?lang=es"))
    assert chosen.headers["Set-Cookie"].startswith("lang=es")


def entries(visitor: Visitor, path: str) -> list[int]:
    """The number of each entry of a feed."""
    feed = ET.fromstring(visitor.get(path).data)
    return [int(one.findtext(f"{ATOM}id", "").rsplit("/", 1)[1]) for one in feed.findall(f"{ATOM}entry")]


@pytest.mark.parametrize("path", ["…/aportes.atom", "…/temas/tema-1.atom", "…"])
def test_what_is_approved_late_is_the_latest(
    visitor: Visitor, database: Database, consultation: ConsultationView, path: str
) -> None:
    def read() -> list[int]:
        if path.endswith("atom"):
            return entries(visitor, path)
        part = visitor.get(path).text.partition('id="ultimas"')[2].partition("</section>")[0]
        return [int(n) for n in re.findall(r'href="/consultas/prueba/aportes/(\d+)"', part)]

    ana = staff(database, consultation)
    admit(database, consultation, "Espera desde hace mucho", "Espera también", theme="tema-1")
    admit(database, consultation, *[f"Al instante {n}" for n in range(40)], status=Status.PUBLISHED, theme="tema-1")
    for number in (2, 1):
        decide(database, consultation, ana, number)
    assert read()[:4] == [1, 2, 42, 41]
    admit(database, consultation, "Y después otro al instante", status=Status.PUBLISHED, theme="tema-1")
    assert read()[:4] == [43, 1, 2, 42]


def test_a_feed_is_dated_by_publication(
    visitor: Visitor, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "Dije esto hace nueve días", now=now - timedelta(days=9))
    decide(database, consultation, staff(database, consultation))
    [entry] = ET.fromstring(visitor.get("…/aportes.atom").data).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}updated", "")[:10] == consultation.today(now).isoformat()


def test_a_sign_that_no_xml_holds_stops_no_feed(
    visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    """Texts of before they were cleaned at the door."""
    admit(database, consultation, "Uno", status=Status.PUBLISHED, theme="tema-1")
    with database.transaction() as db:
        db.execute(text("UPDATE opinions SET body = :said"), {"said": "Hay \ufffe \x0b \x1b y \uffff aquí"})
    for path in ("…/aportes.atom", "…/temas/tema-1.atom"):
        [entry] = ET.fromstring(visitor.get(path).data).findall(f"{ATOM}entry")
        assert (entry.findtext(f"{ATOM}content") or "").split() == ["Hay", "y", "aquí"]
