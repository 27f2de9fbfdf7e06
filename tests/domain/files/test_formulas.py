"""No cell of ours runs in a spreadsheet, and every text comes back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulta.documents import tables
from consulta.domain.files.formulas import guarded, unguarded

SIGNS = "=+-@|\uff1d\uff0b\uff0d\uff20\uff5c"
BEFORE = ["", " ", "\u00a0", "\u200b", "\ufeff", "\u202e", "\u2060 ", "\t", "\r", "\n", "\u3000", "\u00ad", "'", "' "]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE, ids=ascii)
def test_what_begins_like_a_formula_begins_with_an_apostrophe(sign: str, before: str) -> None:
    text = f"{before}{sign}cmd|' /C calc'!A0"
    assert guarded(text) == f"'{text}"
    [[cell]] = list(csv.reader(io.StringIO(b"".join(tables.rows([text], [])).decode("utf-8-sig"), newline="")))
    assert cell == f"'{text}"
    assert unguarded(cell) == text


@pytest.mark.parametrize("text", ["", "Agua", "'agua'", "2 = 2", "a-b", "K'iche'", "\u200bAgua", "1,5", "(-1)"])
def test_what_does_not_is_left_alone(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.text(st.sampled_from("'ab =+-@|\uff1d\u200b\t\n")))
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).lstrip("\u200b \t\n").startswith(("=", "+", "-", "@", "|", "\uff1d"))
