"""Each rule alone: a sheet that it finds, and the sheet next to it that it leaves in peace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from consulta.domain.sheets.advice import answerable, bodies, measurable, numbering, relevance, required, times
from consulta.domain.sheets.advice.rules import Case, Hit
from consulta.domain.sheets.advice.words import ENGLISH, SPANISH
from consulta.domain.sheets.sheet import Contact, Line, Milestone, Period, Responsible, Sheet

PERIOD = Period("2026-01", "2027-12")
Check = Callable[[Case], Iterable[Hit]]


def lines(*values: str) -> tuple[Line, ...]:
    """Lines that say what is written in them."""
    return tuple(Line(value, value) for value in values)


def goals(*windows: tuple[str | None, str | None]) -> tuple[Milestone, ...]:
    """Milestones of these months."""
    return tuple(
        Milestone(f"m{n}", "Publicar el informe", start=start, end=end) for n, (start, end) in enumerate(windows)
    )


def found(check: Check, glossary: dict[str, tuple[str, ...]] | None = None, **sheet: Any) -> list[Hit]:
    """What a rule finds in a sheet of these fields."""
    return list(check(Case(Sheet(**{"title": "Título", **sheet}), PERIOD, glossary or {})))


@pytest.mark.parametrize(
    ("check", "hit", "near"),
    [
        (times.ends_after_the_plan, ("2027-01", "2028-01"), ("2027-01", "2027-12")),
        (times.starts_after_its_end, ("2027-05", "2027-04"), ("2027-05", "2027-05")),
        (times.starts_before_approval, ("2025-12", "2026-03"), ("2026-01", "2026-03")),
        (times.ends_long_before_the_plan, ("2026-01", "2027-06"), ("2026-01", "2027-07")),
        (times.lasts_long, ("2026-01", "2027-06"), ("2026-01", "2027-05")),
        (times.lasts_one_month, ("2026-03", "2026-03"), ("2026-03", "2026-04")),
    ],
)
def test_months_of_one_milestone(check: Check, hit: tuple[str, str], near: tuple[str, str]) -> None:
    assert len(found(check, milestones=goals(hit))) == 1
    assert found(check, milestones=goals(near)) == []
    assert found(check, milestones=goals((None, None))) == [], "months not given are not judged"
    assert found(check) == []


def test_milestones_of_one_window_and_out_of_order() -> None:
    same, other = ("2026-01", "2026-06"), ("2026-02", "2026-06")
    assert found(times.share_one_window, milestones=goals(same, same))[0].values == {
        "n": 2,
        "start": "2026-01",
        "end": "2026-06",
    }
    assert found(times.share_one_window, milestones=goals(same)) == [], "one alone shares nothing"
    assert found(times.share_one_window, milestones=goals(same, other)) == []
    assert found(times.share_one_window, milestones=goals((None, None), (None, None))) == []
    late = found(times.out_of_order, milestones=goals(other, (None, "2026-05"), same))
    assert [hit.milestone.key for hit in late if hit.milestone] == ["m2"], "the undated one between them is passed over"
    assert found(times.out_of_order, milestones=goals(same, same, other)) == []


@pytest.mark.parametrize(
    ("start", "end", "n"), [("2026-01", "2026-01", 0), ("2026-11", "2027-02", 3), ("2027-02", "2026-11", -3)]
)
def test_months_are_counted(start: str, end: str, n: int) -> None:
    assert times.months(start, end) == n


@pytest.mark.parametrize(
    ("numbers", "hits"),
    [((1, 2, 3), 0), ((1, 2, 4), 1), ((2, 3), 1), ((1, None), 1), ((None, None), 0), ((), 0), ((1, 1), 1)],
)
def test_printed_numbers_run_from_one(numbers: tuple[int | None, ...], hits: int) -> None:
    milestones = tuple(Milestone(f"m{n}", "x", number=number) for n, number in enumerate(numbers))
    assert len(found(numbering.not_in_sequence, milestones=milestones)) == hits


def test_several_dates_in_one_cell() -> None:
    in_cell = Milestone("a", "x", start_text="marzo 2026, mayo 2027")
    assert found(numbering.several_dates, milestones=(in_cell,))[0].values == {"n": 2}
    assert found(numbering.several_dates, milestones=(replace(in_cell, start_text="marzo a mayo de 2026"),)) == []
    top = Milestone("t", "x", has_parts=True)
    apart = [
        Milestone("t1", "y", parent="t", start="2026-01", end="2026-02", inherited=("responsible",)),
        Milestone("t2", "z", parent="t", start="2026-03", end="2026-04", inherited=("responsible",)),
    ]
    assert len(found(numbering.several_dates, milestones=(top, *apart))) == 1
    together = [replace(one, start="2026-01", end="2026-02") for one in apart]
    assert found(numbering.several_dates, milestones=(top, *together)) == []


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("a) Elaborar el plan b) Publicar el plan", 2),
        ("Elaborar el plan;\nPublicarlo; Validar los datos", 2),
        ("1. Diseñar 2. Implementar 3. Evaluar", 3),
        ("Elaborar y publicar el plan", 1),
        ("El plan; el informe; la guía", 0),
    ],
)
def test_actions_are_listed(text: str, n: int) -> None:
    assert numbering.actions_listed(text, SPANISH) == n
    assert bool(found(numbering.compound, milestones=(Milestone("a", text),))) is (n > 1)


def test_too_many_and_only_one() -> None:
    seven, six = goals(*[(None, None)] * 7), goals(*[(None, None)] * 6)
    assert found(numbering.too_many, milestones=seven)[0].values == {"n": 7, "most": 6}
    assert found(numbering.too_many, milestones=six) == []
    parts = tuple(replace(one, parent="m0") for one in seven[1:])
    assert found(numbering.too_many, milestones=(seven[0], *parts)) == [], "parts of one are not counted"
    assert len(found(numbering.only_one, milestones=(seven[0], *parts))) == 1
    assert found(numbering.only_one) == []


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Capacitar a 500 maestros", True),
        ("Capacitar a quinientos maestros", True),
        ("Llegar al 40% de los hogares", True),
        ("Llegar al cuarenta por ciento", True),
        ("Cumplir el Artículo 10 de la ley", False),
        ("El plan 2016-2018", False),
        ("Publicar datos", False),
        ("8 nuevos buenos informes", True),
        ("En la fase 2, informes", False),
    ],
)
def test_a_target_counts_something(text: str, counted: bool) -> None:
    assert measurable.has_target(text, SPANISH) is counted


def test_a_target_may_stand_anywhere_that_promises() -> None:
    assert len(found(measurable.no_target, objective="Mejorar")) == 1
    assert found(measurable.no_target, title=None) == [], "nothing said, nothing found"
    assert (
        found(measurable.no_target, objective="Mejorar", milestones=(Milestone("a", "x", deliverable="3 guías"),)) == []
    )
    assert len(found(measurable.no_target, problem="300 escuelas no tienen agua")) == 1, "a problem promises nothing"


def test_a_milestone_names_a_thing() -> None:
    assert len(found(measurable.no_deliverable, milestones=(Milestone("a", "Mejorar la atención"),))) == 1
    for shown in (Milestone("a", "Publicar el informe"), Milestone("a", "Mejorar", deliverable="Guía")):
        assert found(measurable.no_deliverable, milestones=(shown,)) == []
    assert measurable.names_a_thing(["plan", "2016"], SPANISH) is False, "it names what exists"
    assert measurable.names_a_thing(["plans"], ENGLISH) is True


@pytest.mark.parametrize(("text", "hits"), [("x" * 39, 1), ("x" * 40, 0), ("", 0), ("  corta  ", 1)])
def test_short_milestones(text: str, hits: int) -> None:
    assert len(found(measurable.too_short, milestones=(Milestone("a", text),))) == hits


def test_an_objective_that_repeats_the_description() -> None:
    same = "Publicar mensualmente contratos escolares municipales"
    [hit] = found(measurable.repeats, objective=same, action=same)
    assert hit.values == {"percent": 100}
    assert found(measurable.repeats, objective=same, action="Abrir bibliotecas comunitarias rurales nuevas") == []
    assert found(measurable.repeats, objective=same) == []


@pytest.mark.parametrize(
    ("problem", "language", "hits"),
    [
        ("Mejorar los hospitales", "es", 1),
        ("Los hospitales están lejos", "es", 0),
        ("Improve hospitals", "en", 1),
        ("Increase in crime", "en", 0),
        (None, "es", 0),
    ],
)
def test_a_problem_written_as_a_wish(problem: str | None, language: str, hits: int) -> None:
    assert len(found(measurable.problem_is_a_goal, problem=problem, language=language)) == hits


def test_nobody_is_named() -> None:
    assert [hit.field for hit in found(answerable.nobody_named)] == ["leads", "persons", "emails", "phones"]
    contact = Contact("Ana", email="ana@muni.gob.gt", phones=(("5555", None),))
    assert [hit.field for hit in found(answerable.nobody_named, contacts=(contact,))] == ["leads"]
    whole = {"leads": lines("MINEDUC"), "persons": lines("Ana"), "emails": lines("a@x.gob.gt"), "phones": lines("1")}
    assert found(answerable.nobody_named, **whole) == []


@pytest.mark.parametrize(
    ("address", "free", "wrong"),
    [
        ("ana@gmail.com", True, False),
        ("ANA@Hotmail.es ", True, False),
        ("ana@minfin.gob.gt", False, False),
        ("ana@minfin.gob.gt.com", False, True),
        ("ana@ong.org.gt.net", False, True),
        ("ana@gmail.com.gt", True, False),
        ("ana@migmail.com", False, False),
    ],
)
def test_addresses(address: str, free: bool, wrong: bool) -> None:
    assert bool(found(answerable.free_mail, emails=lines(address))) is free
    assert bool(found(answerable.wrong_domain, emails=lines(address))) is wrong


def test_a_diagnostic_on_an_address_names_no_person() -> None:
    [hit] = found(answerable.free_mail, emails=lines("ana.lopez@gmail.com", "Ana.Lopez@gmail.com"))
    assert hit.values == {"domain": "gmail.com"}


def test_lists_of_unequal_length_and_crowds() -> None:
    two = {"persons": lines("Ana", "Beto"), "posts": lines("Directora", "Jefe")}
    assert found(answerable.uneven_lists, **two) == [], "what is empty another rule has said"
    assert len(found(answerable.uneven_lists, **two, emails=lines("a@x.gt"))) == 1
    assert found(answerable.crowd, persons=lines(*"ABCD")) == []
    assert found(answerable.crowd, persons=lines(*"ABCDE"))[0].values == {"n": 5, "most": 4}
    twice = tuple(Contact("Ana") for _ in range(9))
    assert found(answerable.crowd, contacts=twice) == [], "one person with nine telephones is one person"


def test_a_stranger_answers_for_a_milestone() -> None:
    of_stranger = (Milestone("a", "x", parties=(Responsible("Ministerio de Salud"),)),)
    of_lead = (Milestone("a", "x", responsible=("MINEDUC",)),)
    leads = lines("Ministerio de Educación (MINEDUC)")
    assert found(answerable.stranger, leads=leads, milestones=of_stranger)[0].values == {
        "bodies": "Ministerio de Salud"
    }
    assert found(answerable.stranger, leads=leads, milestones=of_lead) == []
    assert found(answerable.stranger, leads=leads, government="Ministerio de Salud", milestones=of_stranger) == []
    assert found(answerable.stranger, milestones=of_stranger) == [], "without leads nobody is a stranger"
    names = {"MSPAS": ("Ministerio de Salud",)}
    assert found(answerable.stranger, names, leads=lines("MSPAS"), milestones=of_stranger) == []


@pytest.mark.parametrize(("government", "hits"), [(None, 1), ("  ", 1), ("MINFIN", 0)])
def test_support_of_government(government: str | None, hits: int) -> None:
    assert len(found(answerable.no_support, government=government)) == hits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MINFIN, SAT; Contraloría\nMINEDUC – Dirección", ["MINFIN", "SAT", "Contraloría", "MINEDUC", "Dirección"]),
        (None, []),
        (" , ;", []),
        ("Co-creación", ["Co-creación"]),
    ],
)
def test_a_running_list_of_bodies(text: str | None, expected: list[str]) -> None:
    assert bodies.listed(text) == expected


def test_two_names_of_one_body() -> None:
    known = bodies.all_meant(["Ministerio de Educación (MINEDUC)"], SPANISH, {})
    for same in (
        "MINEDUC",
        "Ministerio de Educación",
        "ministerio de educacion",
        "Dirección de Ministerio de Educación",
    ):
        assert bodies.one_of(same, known, SPANISH, {}), same
    for other in ("Ministerio de Salud", "SAT", "Educación Popular Maya", ""):
        assert not bodies.one_of(other, known, SPANISH, {}), other


@pytest.mark.parametrize(
    ("fields", "hits"),
    [
        ({"relevance": "Usaremos una aplicación móvil"}, 1),
        ({"relevance": "Mejora la transparencia"}, 0),
        ({"objective": "Que la gente participe: participación"}, 0),
        ({"value_accountability": "Rinde cuentas"}, 0),
        ({"title": None}, 0),
    ],
)
def test_technology_alone_is_no_value(fields: dict[str, Any], hits: int) -> None:
    assert len(found(relevance.only_technology, **fields)) == hits


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        ("Mejorar los servicios públicos", None),
        ("Mejorar los servicios públicos; aumentar la integridad pública.", None),
        ("Mejorar todo", "Mejorar todo"),
        (None, None),
    ],
)
def test_challenges_outside_the_five(challenge: str | None, said: str | None) -> None:
    hits = found(relevance.outside_the_five, challenge=challenge)
    assert [hit.values["said"] for hit in hits] == ([said] if said else [])


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (required.no_theme, "theme"),
        (required.no_title, "title"),
        (required.no_problem, "problem"),
        (required.no_action, "action"),
    ],
)
def test_what_blocks_is_what_is_not_there(check: Check, field: str) -> None:
    for empty in (None, "", "  \n"):
        assert len(found(check, **{field: empty})) == 1
    assert found(check, **{field: "x"}) == []
