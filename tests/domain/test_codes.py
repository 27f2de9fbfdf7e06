"""Codes that people hold."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulta.domain import codes


@given(st.text())
def test_a_folio_is_four_groups_of_four_and_the_same_every_time(submission: str) -> None:
    folio = codes.folio_of(submission)
    groups = folio.split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(codes.CROCKFORD)
    assert codes.folio_of(submission) == folio
    assert codes.read_folio(folio) == folio


def test_a_folio_is_eighty_bits_of_the_digest() -> None:
    folio = codes.folio_of("clave")
    number = 0
    for letter in folio.replace("-", ""):
        number = number * 32 + codes.CROCKFORD.index(letter)
    assert number == int.from_bytes(hashlib.sha256(b"folioclave").digest()[:10], "big")


def test_another_submission_is_another_folio() -> None:
    assert len({codes.folio_of(str(n)) for n in range(2_000)}) == 2_000


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF",
        "0123456789abcdef",
        " 0123 4567 89ab cdef ",
        "o123-4567-89ab-cdef",
        "OI23-4567-89AB-CDEF",
        "0l23-4567-89AB-CDEF",
        "0123\u20114567\u201389AB\u2010CDEF",
        "0123-4567-\n89AB-CDEF",
    ],
)
def test_a_folio_is_read_as_people_write_it(typed: str) -> None:
    assert codes.read_folio(typed) == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "typed",
    ["", "0123", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEF0", "U123-4567-89AB-CDEF", "ñ" * 16, "٠" * 16, "\x00"],
)
def test_what_is_no_folio_is_none(typed: str) -> None:
    assert codes.read_folio(typed) is None


def test_what_is_kept_of_a_code_is_its_hash() -> None:
    assert codes.sha256("agua") == hashlib.sha256(b"agua").digest()
    assert codes.sha256("Ñandú") == hashlib.sha256("Ñandú".encode()).digest()


def test_a_confirmation_follows_from_secret_code_and_address() -> None:
    code = codes.confirmation_code("s" * 40, "0123-4567-89AB-CDEF", "ana@example.org")
    assert len(code) == 8
    assert set(code) <= set(codes.CROCKFORD)
    others = {
        codes.confirmation_code("t" * 40, "0123-4567-89AB-CDEF", "ana@example.org"),
        codes.confirmation_code("s" * 40, "1123-4567-89AB-CDEF", "ana@example.org"),
        codes.confirmation_code("s" * 40, "0123-4567-89AB-CDEF", "ana@example.com"),
    }
    assert len(others | {code}) == 4
