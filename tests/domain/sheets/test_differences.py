"""The difference between two versions can be read, and both texts can be put together from it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from consulta.domain.sheets.differences import compare, words
from consulta.domain.sheets.sheet import Contact, Line, Milestone, Sheet

SHEET = Sheet(
    title="Publicar las compras",
    problem="Nadie sabe cuánto se paga.",
    leads=(Line("MSPAS", "MSPAS"),),
    milestones=(Milestone("m1", "Publicar el informe", number=1), Milestone("m2", "Capacitar", number=2)),
)


def test_only_what_changed_is_named() -> None:
    new = replace(
        SHEET,
        problem="Nadie sabe cuánto se paga por ellas.",
        contacts=(Contact("Ana", email="ana@x.gt"),),
        emails=(Line("ana@x.gt", "ana@x.gt"),),
        milestones=(Milestone("m2", "Capacitar", number=1), Milestone("m3", "Evaluar", number=2)),
    )
    found = {change.field: change for change in compare(SHEET, new)}
    assert list(found) == ["problem", "milestones:m2", "milestones:m3", "milestones:m1"]
    assert [(p.what, p.text) for p in found["problem"].pieces] == [
        ("same", "Nadie sabe cuánto se paga"),
        ("added", " por ellas"),
        ("same", "."),
    ]
    assert [p.what for p in found["milestones:m1"].pieces] == ["removed"]
    assert compare(SHEET, SHEET) == []
    assert "ana@x.gt" not in str(compare(SHEET, new))


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_come_out_of_the_pieces(old: str, new: str) -> None:
    pieces = list(words(old, new))
    assert "".join(p.text for p in pieces if p.what != "added") == old
    assert "".join(p.text for p in pieces if p.what != "removed") == new


def test_a_huge_text_is_compared_by_lines() -> None:
    old = "\n".join(f"línea {n} con palabras" for n in range(3_000))
    new = old.replace("línea 7 con", "línea 7 sin")
    pieces = list(words(old, new))
    assert "".join(p.text for p in pieces if p.what != "removed") == new
    assert len(pieces) == 4
