"""The rules on small sheets in Spanish: what each finds, and what stands so near that it must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consulta.domain.sheets.advice import Phase, Severity, advise, blocking
from consulta.domain.sheets.sheet import Contact, Continuity, Line, Milestone, Period, Responsible, Sheet

PERIOD = Period("2026-01", "2027-12")


def lines(*values: str) -> tuple[Line, ...]:
    """Lines that say what is written in them."""
    return tuple(Line(value, value) for value in values)


def goal(key: str, text: str, start: str | None, end: str | None, **more: object) -> Milestone:
    """A milestone of the ministry."""
    return replace(Milestone(key, text, start=start, end=end, parties=(Responsible("MINEDUC"),)), **more)  # type: ignore[arg-type]


GOOD = Sheet(
    title="Biblioteca abierta de compras públicas escolares",
    theme="transparencia",
    number=7,
    problem="Las familias no saben cuánto gasta cada escuela ni en qué, y no tienen dónde preguntarlo.",
    objective="Que cualquier familia pueda revisar el gasto de su escuela y pedir cuentas por él.",
    action="Publicar cada mes los contratos de 340 escuelas en un portal de datos abiertos.",
    relevance="Fortalece la transparencia y la rendición de cuentas.",
    challenge="Mejorar los servicios públicos; aumentar la integridad pública.",
    government="Ministerio de Finanzas Públicas (MINFIN), Contraloría General de Cuentas",
    leads=lines("Ministerio de Educación (MINEDUC)"),
    persons=lines("Persona Inventada"),
    posts=lines("Directora de compras"),
    emails=lines("compras@mineduc.ejemplo.gob.gt"),
    phones=lines("0000-0000"),
    milestones=(
        goal("a", "Elaborar el reglamento de publicación de contratos escolares.", "2026-02", "2026-09"),
        goal("b", "Poner en línea el portal con los contratos de 340 escuelas.", "2026-08", "2027-08"),
    ),
)


def rules(sheet: Sheet, phase: Phase = Phase.DRAFT) -> set[str]:
    """The rules that find something."""
    return {one.rule for one in advise(sheet, phase=phase, period=PERIOD)}


def first(**more: object) -> Sheet:
    """The good sheet with another first milestone."""
    return replace(GOOD, milestones=(replace(GOOD.milestones[0], **more), GOOD.milestones[1]))  # type: ignore[arg-type]


def test_a_good_sheet_gets_no_advice() -> None:
    assert advise(GOOD, phase=Phase.DRAFT, period=PERIOD) == []
    assert blocking(GOOD) == []


@pytest.mark.parametrize(
    ("rule", "sheet"),
    [
        ("T01", first(end="2028-01")),
        ("T02", first(start="2026-10")),
        ("T03", first(start="2025-12")),
        ("T04", replace(GOOD, milestones=(*GOOD.milestones[:1], replace(GOOD.milestones[1], end="2027-06")))),
        ("T05", first(start="2026-08", end="2027-08")),
        ("T06", first(end="2027-07")),
        ("T07", first(end="2026-02")),
        ("T09", first(start="2026-09")),
        ("N01", first(number=2)),
        ("N03", first(start_text="enero de 2026\nmayo de 2027")),
        ("N04", first(text="a) Elaborar el reglamento; b) Publicar el reglamento; c) Capacitar a 40 maestros")),
        ("N04", first(text="1. Diseñar el portal de contratos. 2. Publicar los contratos de todas las escuelas.")),
        ("N05", replace(GOOD, milestones=tuple(replace(GOOD.milestones[n % 2], key=str(n)) for n in range(7)))),
        ("N06", replace(GOOD, milestones=GOOD.milestones[1:])),
        ("M02", first(text="Fortalecer los mecanismos de participación de las familias.")),
        ("M02", first(text="Dar seguimiento a lo acordado en el Plan 2022-2024 de gobierno abierto.")),
        ("M03", first(text="Elaborar un reglamento.")),
        ("M04", replace(GOOD, objective="Publicar los contratos de las escuelas en un portal de datos.")),
        ("M05", replace(GOOD, problem="Mejorar la información que reciben las familias.")),
        ("A01", replace(GOOD, phones=())),
        ("A02", replace(GOOD, emails=lines("no-existe@gmail.com"))),
        ("A02", replace(GOOD, emails=lines("no-existe@yahoo.com.mx"))),
        ("A03", replace(GOOD, emails=lines("x@mspas.ejemplo.gob.gt.com"))),
        ("A05", replace(GOOD, phones=lines("0000-0000", "0000-0001"))),
        ("A08", replace(GOOD, **{k: lines(*"abcde") for k in ("persons", "posts", "phones")}, emails=())),
        ("A09", first(parties=(Responsible("Ministerio de Salud Pública"),))),
        ("A11", replace(GOOD, government=None)),
        ("R03", replace(GOOD, challenge="Mejora general de la educación")),
        ("P02", first(continuity=Continuity.ONGOING)),
    ],
)
def test_what_a_rule_finds(rule: str, sheet: Sheet) -> None:
    assert rule in rules(sheet)


@pytest.mark.parametrize(
    ("rule", "sheet"),
    [
        ("T01", first(end="2027-12")),
        ("T03", first(start="2026-01")),
        ("T06", first(end="2027-06")),
        ("T05", first(start="2026-08", end=None)),
        ("T02", first(start=None)),
        ("N01", first(number=None)),
        ("N04", first(text="Elaborar, publicar y difundir el reglamento de publicación de contratos.")),
        ("N04", first(text="Publicar los documentos: 1) presupuesto, 2) informe de medio año, 3) auditoría.")),
        ("M02", first(text="Fortalecer la participación de las familias.", deliverable="Acta de la reunión")),
        ("M02", first(text="Entregar las guías y los manuales a las familias de cada escuela.")),
        ("M05", replace(GOOD, problem="Los trámites para mejorar una escuela tardan meses.")),
        ("A02", replace(GOOD, emails=lines("x@gmail.ejemplo.gob.gt"))),
        ("A03", replace(GOOD, emails=lines("x@ejemplo.com.gt"))),
        ("A03", replace(GOOD, emails=lines("x@gt.ejemplo.com"))),
        ("A05", replace(GOOD, posts=())),
        ("A09", first(parties=(), responsible=("MINEDUC, MINFIN",))),
        ("A09", first(parties=(Responsible("Contraloría"),))),
        ("A09", first(parties=(Responsible("Dirección de Compras del Ministerio de Educación"),))),
        ("R03", replace(GOOD, challenge=None)),
        ("R03", replace(GOOD, challenge="Crear comunidades más seguras")),
        ("P02", first(continuity=Continuity.ONGOING, continues="2023-2025/4")),
        ("P02", first(continuity=Continuity.NEW)),
    ],
)
def test_what_a_rule_lets_pass(rule: str, sheet: Sheet) -> None:
    assert rule not in rules(sheet)


@pytest.mark.parametrize(
    ("action", "quantified"),
    [
        ("Capacitar a 500 maestros.", True),
        ("Capacitar a quinientas personas.", True),
        ("Abrir dos ventanillas.", True),
        ("Cubrir el 20 % del país.", True),
        ("Cubrir el veinte por ciento del país.", True),
        ("Formar a 1,500 líderes comunitarios.", True),
        ("Publicar los 8 principales informes.", True),
        ("Publicar en 2026 todo lo que haga falta.", False),
        ("Cumplir el Decreto 57 de acceso.", False),
        ("Aplicar los artículos 4, 17 y 20 de la ley.", False),
        ("Seguir el plan 2022-2024 informes incluidos.", False),
        ("Según tres principios fundamentales.", False),
        ("Terminar la fase 2 del portal.", False),
        ("Mejorar un portal.", False),
        ("Hacer: 1) informes, 2) talleres.", False),
    ],
)
def test_a_target_counts_something(action: str, quantified: bool) -> None:
    vague = tuple(replace(one, text="Elaborar el reglamento de contratos y difundirlo.") for one in GOOD.milestones)
    assert ("M01" not in rules(replace(GOOD, action=action, milestones=vague))) is quantified


@pytest.mark.parametrize(
    ("problem", "goal_"),
    [("To reduce corruption.", True), ("Improve schools.", True), ("Increase in corruption.", False)],
)
def test_a_problem_in_english_may_begin_with_a_noun(problem: str, goal_: bool) -> None:
    assert ("M05" in rules(Sheet(title="A", language="en", problem=problem))) is goal_


def test_a_value_in_any_generation_of_the_template() -> None:
    bare = Sheet(title="Plataforma digital", action="Comprar servidores", relevance="Moderniza al Estado")
    assert "R01" in rules(bare)
    assert "R01" not in rules(replace(bare, value_participation="Las personas podrán comentar."))
    assert "R01" not in rules(replace(bare, results="Más participación de las mujeres."))


def test_what_is_to_be_decided_at_the_table_is_an_answer_in_a_proposal_but_not_in_a_draft() -> None:
    bare = replace(GOOD, leads=(), persons=(), posts=(), emails=(), phones=())
    missing = [one for one in advise(bare, phase=Phase.PROPOSAL, period=PERIOD) if one.rule == "A01"]
    assert [one.field for one in missing] == ["leads", "persons", "emails", "phones"]
    assert {one.severity for one in missing} == {Severity.WARNING}
    later = replace(bare, undecided=frozenset({"leads", "contacts"}))
    assert "A01" not in rules(later, Phase.PROPOSAL)
    assert "A01" in rules(later, Phase.DRAFT)
    assert [
        one.field
        for one in advise(replace(bare, undecided=frozenset({"contacts"})), phase=Phase.PROPOSAL, period=PERIOD)
    ] == ["leads"]


def test_dates_to_be_decided_are_not_judged() -> None:
    undated = replace(GOOD, milestones=tuple(replace(one, start=None, end=None) for one in GOOD.milestones))
    assert rules(undated) == set()
    assert "T01" not in rules(replace(first(end="2028-01"), undecided=frozenset({"dates"})), Phase.PROPOSAL)


def test_contacts_joined_by_person_count_as_much_as_lists() -> None:
    person = Contact("Persona Inventada", email="x@ejemplo.gob.gt", phones=(("0000-0000", None),))
    joined = replace(GOOD, persons=(), posts=(), emails=(), phones=(), contacts=(person,))
    assert rules(joined) == set()
    assert rules(replace(joined, contacts=(replace(person, email="no-existe@gmail.com"),))) == {"A02"}
    assert rules(replace(joined, contacts=tuple(replace(person, name=name) for name in "abcde"))) == {"A08"}


def test_only_theme_title_problem_and_action_block() -> None:
    empty = Sheet(title=None)
    assert [(one.rule, one.field, one.severity) for one in blocking(empty)] == [
        ("F01", "theme", Severity.ERROR),
        ("F02", "title", Severity.ERROR),
        ("F03", "problem", Severity.ERROR),
        ("F04", "action", Severity.ERROR),
    ]
    assert [one.field for one in blocking(replace(GOOD, title=" "))] == ["title"]
    assert blocking(Sheet(title="a", theme="b", problem="c", action="d")) == []
    assert {one.severity for one in advise(empty, phase=Phase.PROPOSAL, period=PERIOD)} == {Severity.WARNING}


def test_places_are_those_that_people_say() -> None:
    parts = (
        Milestone("m1", "Publicar:", has_parts=True),
        Milestone("m2", "Lista", parent="m1", letter="a", end="2028-01"),
        Milestone("m3", "Lista", parent="m1", end="2028-01"),
        Milestone("m4", "Lista", end="2028-01"),
    )
    late = replace(GOOD, milestones=parts)
    for number, places in ((7, ["7.1a", "7.1.2", "7.2"]), (None, ["1a", "1.2", "2"])):
        found = advise(replace(late, number=number), phase=Phase.DRAFT, period=PERIOD)
        assert [(one.place, one.milestone) for one in found if one.rule == "T01"] == list(
            zip(places, ["m2", "m3", "m4"], strict=True)
        )
