"""Addresses as people copy them lead to the page that was meant."""

from __future__ import annotations

import pytest

from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.visitor import Visitor


@pytest.mark.parametrize(
    "path",
    [
        "/consultas/prueba/foros/",
        "/consultas/prueba/foros.",
        "/consultas/prueba/foros).",
        "/Consultas/Prueba/Foros",
        "/CONSULTAS/PRUEBA/FOROS",
        "/consultas/prueba/foros/»,",
        "/consultas/Prueba/foros",
    ],
)
def test_what_clings_to_an_address_is_taken_off(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).headers["Location"] == "/consultas/prueba/foros"
    assert (
        visitor.client.get(f"{path}?q=agua&x=%C3%B1").headers["Location"] == "/consultas/prueba/foros?q=agua&x=%C3%B1"
    )
    assert visitor.client.get("/consultas/prueba/foros").status_code == 200


@pytest.mark.parametrize("path", ["/nada", "/nada/", "/Nada", "/consultas/ninguna/foros", "/.", "/aportes/."])
def test_what_is_nowhere_stays_so(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 404


def test_nothing_that_is_sent_is_led_elsewhere(visitor: Visitor, consultation: ConsultationView) -> None:
    visitor.get("…/opinar")
    answer = visitor.client.post(
        "/consultas/prueba/opinar/", data={"csrf_token": visitor.token(), "body": "Falta agua"}
    )
    assert answer.status_code in (404, 405)
