"""What the rules look for, and how a text is brought into the form of their lists."""

from __future__ import annotations

from dataclasses import fields

import pytest

from consulta.domain.sheets.advice import words
from consulta.domain.sheets.advice.words import ENGLISH, SPANISH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Rendición\n de   CUENTAS ", "rendicion de cuentas"),
        ("Año", "ano"),
        ("K’iche’", "k’iche’"),
        ("", ""),
    ],
)
def test_a_text_is_folded(text: str, expected: str) -> None:
    assert words.folded(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Publicar 1,500 datos; y 3.5 más.", ["publicar", "1,500", "datos", "y", "3.5", "mas"]),
        ("Q'eqchi' y co-creación", ["q'eqchi", "y", "co-creacion"]),
        ("¡¿…!?", []),
        ("Plan 2016-2018", ["plan", "2016-2018"]),
    ],
)
def test_words_and_numbers_are_told_apart(text: str, expected: list[str]) -> None:
    assert words.tokens(text) == expected


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("planes", "plan"), ("informes", "informe"), ("policies", "policy"), ("analyses", "analysis"), ("plan", "plan")],
)
def test_a_plural_finds_its_singular(plural: str, singular: str) -> None:
    assert singular in words.singulars(plural)
    assert words.among(plural, [singular])
    assert not words.among(plural, ["otra"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("To improve", "improve"), ("to", "to"), ("Mejorar el agua", "mejorar"), ("", " "), ("…", " ")],
)
def test_the_first_word_skips_an_english_to(text: str, expected: str) -> None:
    assert words.first_word(text) == expected


def test_content_is_what_says_something_by_its_beginning() -> None:
    assert words.content("La transparencia de las compras públicas en Guatemala", SPANISH) == {
        "transp",
        "compra",
        "public",
    }
    assert words.content("the transparency of purchases", ENGLISH) == {"transp", "purcha"}
    assert words.content("transparente", SPANISH) == words.content("transparencia", SPANISH), "forms of one word"


def test_the_lists_are_chosen_by_language_and_written_in_their_form() -> None:
    assert words.words_of("en") is ENGLISH
    assert words.words_of("es") is words.words_of("quc") is SPANISH
    for language in (SPANISH, ENGLISH):
        for field in fields(language):
            for word in getattr(language, field.name):
                assert word == words.folded(word), f"{field.name}: «{word}» would never be found"
        assert len(language.challenges) >= 5
