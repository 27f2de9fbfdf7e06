"""What runs from right to left, or pretends to, turns nothing beside it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.contributions import Contributor, Status
from consulta.words.isolation import FIRST_STRONG, POP, isolated
from tests.support.contributions import admit, comment
from tests.support.visitor import Visitor

OVERRIDE = "\u202e"
SIGNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(st.sampled_from("ab 1.אبﷺ" + SIGNS)))
def test_the_directions_opened_are_closed_and_every_letter_stays(name: str) -> None:
    shown = isolated(name)
    inner = shown.removeprefix(FIRST_STRONG).removesuffix(POP)
    assert not set(inner) & set(SIGNS)
    assert list(inner) == [c for c in name if c not in SIGNS]
    leftwards = any(unicodedata.bidirectional(c) in ("R", "AL") for c in name)
    assert shown.startswith(FIRST_STRONG) or not leftwards
    assert shown.count(FIRST_STRONG) == shown.count(POP) <= 1


@pytest.mark.parametrize("name", ["Ana López", "Ch'orti' 12", "José «Pepe» Ñandú", ""])
def test_what_runs_rightwards_is_as_it_was(name: str) -> None:
    assert isolated(name) == name


def test_no_name_and_no_title_turns_what_stands_beside_it(
    app: Flask, visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    name, shown = f"Ana{OVERRIDE} Tzul", {"status": Status.PUBLISHED, "publish_name": True}
    admit(database, consultation, "Esto dije yo", title=f"Título{OVERRIDE}", name=name, theme="tema-1", **shown)
    comment(database, consultation, "Y esto también", on=1, name="מרים", publish_name=True)
    for path in ("…", "…/aportes", "…/aportes/1", "…/temas/tema-1", "…/aportes.atom"):
        page = visitor.get(path).text
        assert OVERRIDE not in page, path
        assert page.count(FIRST_STRONG) == page.count(POP), path
    assert re.search(f"{FIRST_STRONG}Ana Tzul{POP}", visitor.get("…/aportes/1").text)
    assert f"{FIRST_STRONG}מרים{POP}" in visitor.get("…/aportes/1").text
    with database.session(read_only=True) as db:
        assert name in db.execute(select(Contributor.name)).scalars().all(), "what is stored is as it was sent"
