"""What every mail bears, whatever it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from consulta import Settings
from consulta.worker import mail
from tests.support.consultations import said


def composed(app: Flask, settings: Settings, to: str) -> str:
    """A mail as it goes out."""
    words = {"language": "es", "folios": ["0000-0000-0000-0000"], "title": said("Foro"), "consultation": said("Prueba")}
    words |= {"slug": "prueba", "key": "foro", "day": "2026-12-01", "time": None, "place": None, "confirmed": True}
    message = mail.compose(app, settings, to=to, template="registration", values=words, message_id="<ab12@consulta>")
    return bytes(message).decode()


def test_the_message_id_bears_the_public_host(app: Flask, settings: Settings) -> None:
    public = replace(settings, base_url="https://gobierno.example/consulta")
    assert "Message-ID: <ab12@gobierno.example>" in composed(app, public, "ana@correo.example")


@pytest.mark.parametrize(
    ("to", "written"),
    [
        ("ana@correo.example", "ana@correo.example"),
        ("ana@muñoz.example", "ana@xn--muoz-hqa.example"),
        ("ana@méxico.ñandú.example", "ana@xn--mxico-bsa.xn--and-6ma2c.example"),
    ],
)
def test_a_domain_goes_out_in_letters_that_every_server_takes(
    app: Flask, settings: Settings, to: str, written: str
) -> None:
    assert f"To: {written}\n" in composed(app, settings, to)
