"""What may be typed, and how it is searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulta.domain import texts
from consulta.domain.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("tab\there", "tab\there"),
        ("bell\x07 del\x7f c1\x84", "bell  del  c1 "),
        ("a\x0bb\x85c\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("xml\ufffe\uffff\ufdd0 prohíbe", "xml    prohíbe"),
        ("emoji 👍🏽 k'iche' ʼ", "emoji 👍🏽 k'iche' ʼ"),
        ("\u200bzero\u202e", "\u200bzero\u202e"),
        ("", ""),
    ],
)
def test_text_is_kept_as_it_was_sent(typed: str, kept: str) -> None:
    assert texts.as_sent(typed) == kept


@pytest.mark.parametrize("typed", ["a\x00b", "\ud800", "x\udfffy"])
def test_what_cannot_be_stored_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Invalid, match="no se puede guardar") as refused:
        texts.as_sent(typed)
    assert refused.value.field == "body"


@given(st.text())
def test_what_is_shown_again_can_always_be_stored(typed: str) -> None:
    shown = texts.showable(typed)
    assert len(shown) == len(typed)
    assert texts.as_sent(shown) is not None
    shown.encode()


def test_what_is_shown_again_is_not_endless() -> None:
    assert len(texts.showable("a" * 200_000)) == 100_000
    assert texts.showable("abc", 2) == "ab"


@pytest.mark.parametrize("said", ["diez letras", "  diez letras  ", "1234567890"])
def test_a_reason_of_ten_letters_is_one(said: str) -> None:
    texts.demand_reason(said, Invalid("no", field="reason"))


@pytest.mark.parametrize("said", [None, "", "corto", " " * 40, "nueve  ok"])
def test_anything_shorter_is_refused_where_it_was_typed(said: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        texts.demand_reason(said, Invalid("Escriba por qué", field="reason_es"))
    assert refused.value.field == "reason_es"


@pytest.mark.parametrize("said", ["a", "7", "ñ", "水", "ب", "Ⅷ"])
def test_a_letter_of_any_script_says_something(said: str) -> None:
    assert texts.says_something(f"... {said} !")


@pytest.mark.parametrize(
    "said", ["", " ", "...", "¿?¡!", "👍", "\u200b", "—", "\u3164\u3164", "\u115f\u1160", "\uffa0"]
)
def test_signs_alone_say_nothing(said: str) -> None:
    assert not texts.says_something(said)


def test_names_are_sorted_without_accents_or_case() -> None:
    names = ["Zacapa", "Árbol", "ñandú", "arcilla", "Ñame", "nube", "ÁRBOL chico"]
    assert sorted(names, key=texts.sort_key) == ["Árbol", "ÁRBOL chico", "arcilla", "Ñame", "ñandú", "nube", "Zacapa"]


@pytest.mark.parametrize("said", ["Falta agua", "a" * 4000, "1234567890", "ñ" * 10])
def test_an_opinion_of_ordinary_length_has_no_fault(said: str) -> None:
    assert texts.body_fault(said) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "diez letras"),
        ("corto", "diez letras"),
        (" " * 50, "diez letras"),
        ("a" * 4001, "4,001"),
        ("." * 20, "palabras"),
    ],
)
def test_the_fault_of_an_opinion_says_what_to_do(said: str, words: str) -> None:
    fault = texts.body_fault(said)
    assert fault is not None
    assert words in str(fault)
    assert fault.field == "body"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("informática", "INFORMATICA"),
        ("escuelas", "escuela"),
        ("K'iche'", "k’iche’"),
        ("Q'eqchi'", "Qʼeqchiʼ"),
        ("hospitales", "hospital"),
        ("cafe\u0301", "café"),
    ],
)
def test_words_that_are_one_word_have_one_stem(one: str, other: str) -> None:
    assert texts.stems(one) == texts.stems(other)
    assert len(texts.stems(one)) == 1


def test_an_apostrophe_within_a_word_makes_it_another() -> None:
    assert texts.stems("ka'i") != texts.stems("kai")
    assert texts.stems("'hola'") == texts.stems("hola")


def test_stems_are_letters_and_digits_only() -> None:
    for stem in texts.stems("¿Dónde está el «agua», Sr. Núñez? 50% & K'iche' snake_case " + "x" * 300):
        assert stem.isalnum()
        assert len(stem) <= 60


def test_each_stem_is_known_by_its_first_word() -> None:
    assert texts.words_by_stem("Escuelas y escuela: la Escuela") == {
        texts.stems("escuelas")[0]: "Escuelas",
        texts.stems("y")[0]: "y",
        texts.stems("la")[0]: "la",
    }


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("  nada de HTML, 2 < 3 & 5 > 4 ", "nada de HTML, 2 < 3 & 5 > 4"),
        ("<p>uno</p><p>dos</p>", "uno\n\ndos"),
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<ul><li>uno<li>dos</ul>", "- uno\n- dos"),
        ('<a href="https://a.example">aquí</a>', "aquí (https://a.example)"),
        ('<a href="https://a.example">https://a.example</a>', "https://a.example"),
        ('<a href="javascript:x()">aquí</a>', "aquí"),
        ("<script>alert(1)</script>hola<style>p{}</style>", "hola"),
        ("m&aacute;s &amp; mejor &#241;", "más & mejor ñ"),
        ("<p>uno   dos\n tres</p>", "uno dos tres"),
        ("<b>sin cerrar", "sin cerrar"),
        ("</script>nada</p>", "nada"),
    ],
)
def test_html_of_other_platforms_becomes_plain_text(html: str, plain: str) -> None:
    assert texts.plain(html) == plain


@given(st.text())
def test_plain_never_fails(value: str) -> None:
    assert isinstance(texts.plain(value), str)
