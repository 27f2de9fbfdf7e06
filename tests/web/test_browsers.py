"""Browsers by the names that people know."""

from __future__ import annotations

import pytest

from consulta.web.browsers import named

MOZILLA = "Mozilla/5.0"
SAFARI = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (f"{MOZILLA} (Linux; Android 10; K) {SAFARI} Chrome/120.0 Mobile Safari/537.36", "Chrome · Android"),
        (f"{MOZILLA} (X11; Linux x86_64) {SAFARI} Chrome/120.0 Safari/537.36", "Chrome · Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64) {SAFARI} Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10.15; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox · macOS"),
        (f"{MOZILLA} (Linux; Android 9) {SAFARI} SamsungBrowser/20.0 Chrome/100 Safari", "Samsung Internet · Android"),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>Firefox", "Firefox"),
    ],
)
def test_a_browser_has_the_name_that_people_know(header: str, name: str) -> None:
    assert named(header) == name
