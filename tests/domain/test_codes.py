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


@pytest.mark.parametrize(
    "pasted",
    [
        "Código: 7K3M-9QXT-2B4D-HZ8P",
        "https://consulta.example/seguimiento#7K3M-9QXT-2B4D-HZ8P",
        "https://consulta.example/seguimiento#7K3M-9QXT-2B4D-HZ8P.ABCD2345",
        "7k3m–9qxt—2b4d−hz8p",
        "7K3M‐9QXT‑2B4D‒HZ8P",
        "\u200b7K3M-\u200e9QXT-2B4D-HZ8P\ufeff",
        "7K3M 9QXT 2B4D HZ8P",
        "Código 7K3M 9QXT 2B4D HZ8P",
        "7K3M9QXT2B4DHZ8P",
        "mi codigo es 7K3M9QXT2B4DHZ8P gracias",
        "7K3M-9QXT-2B4D-HZ8P.",
        "«7K3M-9QXT-2B4D-HZ8P»",
        "7K3M\u00a0-\u00a09QXT\u00a0-\u00a02B4D\u00a0-\u00a0HZ8P",
        "７Ｋ３Ｍ-９ＱＸＴ-２Ｂ４Ｄ-ＨＺ８Ｐ",
        "7K3M\n9QXT\n2B4D\nHZ8P",
    ],
)
def test_a_code_is_found_in_whatever_was_pasted(pasted: str) -> None:
    assert codes.read_folio(pasted) == "7K3M-9QXT-2B4D-HZ8P"


@pytest.mark.parametrize("other", ["", "Código:", "7K3M-9QXT-2B4D", "7K3M-9QXT-2B4D-HZ8P9", "U" * 16, "x" * 5_000])
def test_what_is_no_code_is_none(other: str) -> None:
    assert codes.read_folio(other) is None
