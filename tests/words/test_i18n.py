"""Languages: English is complete, another is a folder away, and what CLDR does not know formats as in Guatemala."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from consulta.translations.__main__ import FOLDER, missing, template
from consulta.words import i18n


@pytest.fixture
def with_kiche(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation to which somebody added a folder ``quc``."""
    folder = tmp_path / "quc" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    (folder / "messages.po").write_text(f"""{header}\nmsgid "Opinar"\nmsgstr "Chab'ij"\n""")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    for cache in (i18n.catalogues, i18n._translated, i18n._marked, i18n._locale):
        cache.cache_clear()
    yield
    for cache in (i18n.catalogues, i18n._translated, i18n._marked, i18n._locale):
        cache.cache_clear()


def test_english_is_complete() -> None:
    with (FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="en")
    assert missing(catalog) == []
    have = {message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id}
    want = {message.id if isinstance(message.id, str) else message.id[0] for message in template() if message.id}
    assert want - have == set()


def test_another_language_is_a_folder_away(with_kiche: None, app: Flask) -> None:
    with app.test_request_context("/?lang=quc"):
        assert i18n.language() == "quc"
        assert i18n.gettext("Opinar") == "Chab'ij"
        assert i18n.gettext("Resultados") == "Resultados"
        assert i18n.day(date(2026, 11, 24)) == "24 de noviembre de 2026"
        assert i18n.number(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("asked", "cookie", "expected"), [("en", "", "en"), ("", "en", "en"), ("xx", "en", "en"), ("xx", "", "es")]
)
def test_the_language_is_asked_for_then_remembered(app: Flask, asked: str, cookie: str, expected: str) -> None:
    with app.test_request_context(f"/?lang={asked}", headers={"Cookie": f"lang={cookie}"}):
        assert i18n.language() == expected


@pytest.mark.parametrize(
    ("code", "day", "number"),
    [
        ("es", "24 de noviembre de 2026", "1,234,567"),
        ("en", "November 24, 2026", "1,234,567"),
        ("quc", "24 de noviembre de 2026", "1,234,567"),
        ("mam", "24 de noviembre de 2026", "1,234,567"),
        ("no-language", "24 de noviembre de 2026", "1,234,567"),
        ("de", "24. November 2026", "1.234.567"),
        ("lt", "2026 m. lapkričio 24 d.", "1\xa0234\xa0567"),
    ],
)
def test_a_day_is_written_as_its_language_does_or_as_in_guatemala(code: str, day: str, number: str) -> None:
    assert i18n._day(date(2026, 11, 24), code, False) == day
    assert f"{1_234_567:,}".replace(",", i18n._group(code)) == number


def test_a_language_does_not_pass_on_to_who_comes_next_on_the_thread(app: Flask) -> None:
    """Even if what ends a request was cut short."""
    i18n.use_language("en")
    with app.test_request_context("/"):
        assert i18n.language() == "es"
    i18n.use_language("es")
    with app.test_request_context("/?lang=en"):
        assert i18n.language() == "en"
    assert i18n.language() == "es", "outside of any it is Spanish"
