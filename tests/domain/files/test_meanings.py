"""Words of a file as choices of the consultation, however they are written."""

from __future__ import annotations

import pytest

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.files import meanings


@pytest.mark.parametrize("word", ["tema-2", "B", "b", "Tema 2", "TEMA  2", " tema 2.", "Tema 2 (en)".replace("(", "(")])
def test_a_theme_is_known_by_slug_letter_and_name(consultation: ConsultationView, word: str) -> None:
    assert meanings.theme(consultation, word) == "tema-2"
    assert meanings.field(consultation, "theme", word) == "tema-2"


@pytest.mark.parametrize(
    ("name", "word", "code"),
    [
        ("department", "16", "16"),
        ("department", "ALTA VERAPAZ", "16"),
        ("department", "álta verapáz", "16"),
        ("language", "K’iche’", "quc"),
        ("language", "kiche", "quc"),
        ("language", "Q'EQCHI'", "kek"),
        ("age_group", "30 a 59", "30-59"),
        ("department", "Sololá", None),
        ("nada", "16", None),
    ],
)
def test_a_choice_is_known_without_accents_case_or_apostrophes(
    consultation: ConsultationView, name: str, word: str, code: str | None
) -> None:
    assert meanings.choice(consultation, name, word) == code


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *((word, True) for word in ("sí", "Sí.", "SI", "x", "X", "1", "verdadero", "TRUE", "s", "✓")),
        *((word, False) for word in ("", "no", "No.", "0", "FALSO", "false", " ")),
        *((word, None) for word in ("quizá", "La señora dijo que no está de acuerdo", "2")),
    ],
)
def test_yes_and_no(word: str, said: bool | None) -> None:
    assert meanings.flag(word) is said
