"""The geometry of the charts, and what is printed."""

from __future__ import annotations

import io
from datetime import date

from pypdf import PdfReader

from consulta.documents import charts, posters, setting


def test_days_without_any_are_drawn_by_their_ends() -> None:
    days = [(date(2026, 1, 1), 2), (date(2026, 1, 3), 1), (date(2026, 1, 11), 2)]
    found = charts.line(days)
    assert found
    assert [point.partition(",")[0] for point in found.points.split()] == ["0", "60", "120", "180", "540", "600"]
    assert [point.partition(",")[2] for point in found.points.split()] == ["10", "150", "80", "150", "150", "10"]


def test_an_address_on_a_poster_is_not_hyphenated() -> None:
    """Spanish typography repeats a hyphen at the end of a line; an address that is typed must not hold it twice."""
    address = "127.0.0.1:8000/consultas/demostracion/foros/foro-de-ejemplo"
    data = posters.describe(
        call="Foro", title="Consulta", hint="", address=address, closing="", demo="", themes=[], qr=["1"], language="es"
    )
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(setting.printed(posters.poster(data)))).pages)
    assert address in "".join(words.split())
