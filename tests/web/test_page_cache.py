"""Every page opens, empty and full, in both languages, as strict HTML."""

from __future__ import annotations

import pytest

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.contributions import Status
from tests.support.contributions import admit
from tests.support.visitor import Visitor

PAGES = (
    "/",
    "…",
    "…/opinar",
    "…/aportes",
    "…/temas/tema-1",
    "…/cronograma",
    "…/reglas",
    "…/privacidad",
    "…/resultados",
    "…/datos",
    "…/bitacora",
    "/seguimiento",
    "/cuenta/entrar",
    "/cuenta/restablecer",
    "/salud",
)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_empty_and_full(
    visitor: Visitor, database: Database, consultation: ConsultationView, path: str, language: str
) -> None:
    empty = visitor.get(path, query_string={"lang": language})
    assert empty.data
    long_word = "a" * 4000
    admit(
        database,
        consultation,
        "Agua para todos",
        long_word,
        "<script>alert(1)</script>",
        status=Status.PUBLISHED,
        theme="tema-1",
    )
    page = visitor.get(path, query_string={"lang": language}).text
    assert "<script>alert" not in page
    if path in ("…/aportes", "…/temas/tema-1"):
        assert "Agua para todos" in page


@pytest.mark.parametrize(
    "path", ["/nada", "/consultas/nada", "…/aportes/99", "…/temas/nada", "…/datos/nada.csv", "…/comprobante"]
)
def test_what_is_not_there_is_a_page_with_404(visitor: Visitor, path: str) -> None:
    assert "<h1>" in visitor.get(path, 404).text
