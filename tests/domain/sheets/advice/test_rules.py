"""What a rule is: how much it weighs, and how people name the place that it found."""

from __future__ import annotations

import pytest

from consulta.domain.sheets.advice import RULES
from consulta.domain.sheets.advice.rules import Hit, Phase, Rule, Severity, diagnostics, places
from consulta.domain.sheets.sheet import Milestone, Sheet

PARTED = (
    Milestone("a", "Uno"),
    Milestone("b", "Dos", has_parts=True),
    Milestone("b1", "Parte", parent="b", letter="a"),
    Milestone("b2", "Otra parte", parent="b"),
    Milestone("c", "Huérfana", parent="nadie"),
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (17, {"a": "17.1", "b": "17.2", "b1": "17.2a", "b2": "17.2.2", "c": "17.1"}),
        (None, {"a": "1", "b": "2", "b1": "2a", "b2": "2.2", "c": "1"}),
    ],
)
def test_places_are_named_as_people_name_them(number: int | None, expected: dict[str, str]) -> None:
    assert places(Sheet(title="x", number=number, milestones=PARTED)) == expected


@pytest.mark.parametrize(
    ("severity", "blocks", "in_proposal"),
    [
        (Severity.ERROR, False, Severity.WARNING),
        (Severity.ERROR, True, Severity.ERROR),
        (Severity.WARNING, False, Severity.WARNING),
        (Severity.INFO, False, Severity.INFO),
    ],
)
def test_in_a_proposal_an_error_is_advice_unless_it_blocks(
    severity: Severity, blocks: bool, in_proposal: Severity
) -> None:
    rule = Rule("X1", severity, "title", "Falta.", "Escríbalo.", blocks)
    assert rule.weighs(Phase.PROPOSAL) is in_proposal
    assert rule.weighs(Phase.DRAFT) is severity


def test_a_hit_becomes_a_diagnostic_with_its_place_and_field() -> None:
    rule = Rule("X1", Severity.ERROR, "end", "Falta.", "Escríbalo.")
    sheet = Sheet(title="x", number=3, milestones=PARTED)
    of_part, of_all = diagnostics(rule, [Hit(PARTED[2], {"n": 1}), Hit(field="leads")], sheet, Phase.DRAFT)
    assert (of_part.rule, of_part.field, of_part.milestone, of_part.place) == ("X1", "end", "b1", "3.2a")
    assert of_part.values == {"n": 1}
    assert (of_all.field, of_all.milestone, of_all.place) == ("leads", None, "3")


def test_every_rule_has_an_id_a_field_a_message_and_a_remedy() -> None:
    for id_, rule in RULES.items():
        assert id_ == rule.id
        assert rule.field
        assert rule.message.strip()
        assert rule.remedy.strip()
    assert {id_ for id_, rule in RULES.items() if rule.blocks} == {"F01", "F02", "F03", "F04"}, "nothing else blocks"
