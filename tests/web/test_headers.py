"""What goes out with every answer."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response

from consulta.web import headers

LONG = "Falta agua en mi colonia. " * 100


@pytest.fixture(params=["isal", "standard library"])
def compressor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to compress: not every machine has the fast one."""
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setattr(headers, "igzip", None)
    return str(request.param)


@pytest.fixture
def site() -> Flask:
    """Nothing but the headers, and a few answers to set them on."""
    site = Flask("site")
    headers.init_app(site)
    site.add_url_rule("/long", view_func=lambda: LONG, endpoint="long")
    site.add_url_rule("/short", view_func=lambda: "agua", endpoint="short")
    picture = Response(b"\x89PNG" * 1000, mimetype="image/png")
    site.add_url_rule("/picture", view_func=lambda: picture, endpoint="picture")
    site.add_url_rule("/pieces", view_func=lambda: Response(iter([LONG]), mimetype="text/csv"), endpoint="pieces")
    site.add_url_rule("/sent", view_func=lambda: LONG, endpoint="sent", methods=["POST"])
    own = Response("x", headers={"Cache-Control": "public, max-age=60", "Referrer-Policy": "no-referrer"})
    site.add_url_rule("/own", view_func=lambda: own, endpoint="own")
    return site


def test_compressed_says_the_same_and_is_smaller(compressor: str) -> None:
    body = LONG.encode()
    packed = headers.compressed(body)
    assert gzip.decompress(packed) == body
    assert len(packed) < len(body) / 10
    assert headers.compressed(body) == packed, "the time must not be in it"


@pytest.mark.parametrize("body", [b"", b"a", "ñ".encode() * 100_000])
def test_nothing_and_much_are_compressed(compressor: str, body: bytes) -> None:
    assert gzip.decompress(headers.compressed(body)) == body


def test_long_text_goes_out_compressed_to_who_takes_it(site: Flask, compressor: str) -> None:
    packed = site.test_client().get("/long", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data).decode() == LONG
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    plain = site.test_client().get("/long")
    assert "Content-Encoding" not in plain.headers
    assert plain.text == LONG
    assert plain.vary.as_set() == packed.vary.as_set() == {"accept-encoding"}


@pytest.mark.parametrize("path", ["/short", "/picture", "/pieces"])
def test_short_answers_pictures_and_streams_go_out_as_they_are(site: Flask, path: str) -> None:
    answer = site.test_client().get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_what_answers_a_form_is_never_compressed(site: Flask) -> None:
    """It may hold a secret beside words of the sender, whose length would then tell the secret."""
    answer = site.test_client().post("/sent", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/long", "/short", "/picture", "/pieces", "/own", "/nowhere"])
def test_every_answer_is_strict(site: Flask, path: str) -> None:
    sent = site.test_client().get(path).headers
    policy = sent["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in sent["Permissions-Policy"]


def test_an_answer_that_says_how_long_it_keeps_is_left_so(site: Flask) -> None:
    sent = site.test_client().get("/own").headers
    assert sent["Cache-Control"] == "public, max-age=60"
    assert sent["Referrer-Policy"] == "no-referrer"
    assert site.test_client().get("/short").headers["Cache-Control"] == "no-cache"
