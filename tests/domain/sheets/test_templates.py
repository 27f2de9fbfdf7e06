"""The sheet in three template generations: no word is lost, the way through all of them comes back equal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import pytest
from hypothesis import given, settings

from consulta.domain.errors import Invalid
from consulta.domain.sheets.as_json import converted, from_json, public_amendments, to_json
from consulta.domain.sheets.boxes import Placed, lines, place
from consulta.domain.sheets.lines import month_in_words, says_month
from consulta.domain.sheets.schema import schema
from consulta.domain.sheets.sheet import (
    PROSE,
    Amendment,
    Challenge,
    Contact,
    Generation,
    Line,
    Milestone,
    Sheet,
    public,
)
from consulta.domain.sheets.templates import CHALLENGES, CONTINUITY, FIELDS, TEMPLATES, UNDECIDED
from tests.support.sheet_strategies import SHEETS
from tests.support.sheets import sheets

A, B, C = Generation


def words(text: object) -> set[str]:
    return set(re.findall(r"\w+", str(text).casefold())) if text is not None else set()


def printed(placed: Placed) -> str:
    cells = [line for row in placed.rows for cell in row.cells for line in lines(cell)]
    boxes = [line for box in placed.boxes for line in box.lines]
    numbers = [row.number for row in placed.rows]
    return "\n".join([*boxes, *numbers, *cells, *placed.notes, *lines(placed.unplaced)])


def said(sheet: Sheet) -> Iterator[object]:
    """Every value of a sheet that is words and not a key: texts, numbers, roles, the words of codes and months."""
    yield from (getattr(sheet, name) for name in PROSE)
    yield sheet.number
    yield from sheet.notes
    yield from (CHALLENGES[one] for one in sheet.challenges)
    yield from (UNDECIDED for _ in sheet.undecided)
    for one in (*sheet.leads, *sheet.persons, *sheet.posts, *sheet.emails, *sheet.phones):
        yield from astuple(one)
    for contact in sheet.contacts:
        yield from astuple(contact)[:-1]
        yield from (value for phone in contact.phones for value in phone)
    for m in sheet.milestones:
        yield from (m.text, m.number_text, m.mark, m.letter, m.deliverable, m.continues, m.start_text, m.end_text)
        yield from m.responsible
        yield from (value for party in m.parties for value in (party.name, *party.units, party.role))
        yield CONTINUITY[m.continuity] if m.continuity else None
        yield m.number if m.parent is None else None


def complete(sheet: Sheet) -> None:
    for generation in Generation:
        text = printed(place(sheet, generation))
        there = words(text)
        for value in said(sheet):
            assert words(value) <= there, (generation, value)
        for m in sheet.milestones:
            assert all(says_month(text, month) for month in (m.start, m.end) if month)


def round_trip(sheet: Sheet) -> None:
    data: Any = to_json(sheet, A)
    for generation in (B, C, A):
        data = converted(json.loads(json.dumps(data)), generation)
        assert from_json(data) == sheet
    assert data == to_json(sheet, A)


def test_the_real_plan_in_every_generation() -> None:
    for sheet in sheets():
        complete(sheet)
        round_trip(sheet)


@settings(max_examples=60, deadline=None)
@given(SHEETS)
def test_no_word_of_any_sheet_is_lost(sheet: Sheet) -> None:
    complete(sheet)


@settings(max_examples=60, deadline=None)
@given(SHEETS)
def test_through_all_generations_and_back(sheet: Sheet) -> None:
    round_trip(sheet)


def test_each_generation_knows_each_field_once() -> None:
    for template in TEMPLATES.values():
        names = [name for box in template.boxes for name, _ in box.fields]
        assert len(names) == len(set(names))
        assert set(names) <= set(FIELDS)
        assert len({box.key for box in template.boxes}) == len(template.boxes)
    assert set(PROSE) <= set(FIELDS)


def test_a_box_that_joins_fields_names_them_and_the_annex_holds_the_rest() -> None:
    sheet = Sheet(
        "Agua",
        problem="Falta",
        causes="Fugas",
        background="Nada",
        context="Presupuesto: Q 10",
        challenge="Servir",
        challenges=(Challenge.SERVICES,),
        relevance="Mucha",
        value_transparency="Se publica",
    )
    boxes = {box.key: box for box in place(sheet, A).boxes}
    assert boxes["status_quo"].lines == ("Falta", "Lo hecho hasta ahora", "Nada")
    assert boxes["ogp_challenge"].lines == ("Servir", "De la lista de OGP", "Mejorar los servicios públicos")
    assert boxes["ogp_challenge"].fields == ("challenge", "challenges")
    left = {g: [part.field for part in place(sheet, g).unplaced] for g in Generation}
    assert left == {
        A: ["causes", "context"],
        B: ["causes", "background", "challenge", "challenges"],
        C: ["challenge", "challenges", "relevance", "context"],
    }
    assert to_json(sheet, A)["fields"]["status_quo"] == {"problem": "Falta", "background": "Nada"}
    assert to_json(sheet, C)["unplaced"]["context"] == "Presupuesto: Q 10"


def test_a_contact_without_a_line_stands_in_the_boxes() -> None:
    two = (
        Contact("Ana Ixén", "Licda.", post="Directora", body="INAP", email="ana@ejemplo.gt", phones=(("2411", "9"),)),
        Contact("Juan Poou", body="INAP"),
    )
    boxes = {box.key: box.lines for box in place(Sheet("Agua", leads=(Line("INAP", "INAP"),), contacts=two), A).boxes}
    assert boxes["lead_agency"] == ("INAP",)
    assert boxes["responsible_person"] == ("1. Ana Ixén (Licda.)", "2. Juan Poou")
    assert boxes["email"] == ("1. ana@ejemplo.gt",)
    assert boxes["phone"] == ("1. 2411 (ext. 9)",)


def test_what_the_roundtable_will_decide_is_said() -> None:
    open_dates = (Milestone("1", "Medir"),)
    placed = place(Sheet("Agua", milestones=open_dates, undecided=frozenset({"leads", "contacts", "dates"})), A)
    assert {box.key for box in placed.boxes if UNDECIDED in box.lines} == {"lead_agency", "responsible_person"}
    assert [lines(cell) for cell in placed.rows[0].cells[-2:]] == [(UNDECIDED,), (UNDECIDED,)]
    assert place(Sheet("Agua", undecided=frozenset({"dates"})), A).unplaced[0].lines == (UNDECIDED,)


def test_months_are_said_in_the_language_of_the_text() -> None:
    assert month_in_words("2017-06", "es") == "junio de 2017"
    assert month_in_words("2017-06", "en") == "June 2017"
    assert month_in_words("pronto", "es") == "pronto"
    assert says_month("finales de junio 2017", "2017-06")
    assert not says_month("junio", "2017-06")
    row = place(Sheet("x", milestones=(Milestone("1", "y", start="2017-06", start_text="pronto"),)), A).rows[0]
    assert lines(row.cells[3]) == ("pronto", "junio de 2017")


def test_parts_bear_their_mark_and_their_depth() -> None:
    rows = place(sheets()[16], B).rows
    assert [(row.depth, row.number) for row in rows[:5]] == [(0, "1."), (1, "a)"), (1, "b)"), (1, "c)"), (0, "2.")]
    responsible = next(p for p in place(sheets()[16], B).unplaced if p.field == "milestones.responsible")
    assert responsible.lines[1] == "1. a) MINFIN (DEF)"


def test_public_is_without_addresses_and_telephones_of_persons() -> None:
    for sheet in sheets():
        text = json.dumps(to_json(public(sheet), A), ensure_ascii=False)
        assert "@" not in text
        assert not any(one.value in text for one in sheet.phones)
        assert all(person.value in text for person in sheet.persons)
    told = Amendment(5, "Cambió", "2016-08-26", "26", "emails", None, 4, "emails[4]", "a@b.gt", "c@b.gt", None, "Mesa")
    kept = Amendment(6, "Cambió", "2016-08-26", "26", "start", "16.2", None, "x", "2016-11", None, None, "Mesa")
    hidden, same = public_amendments([told, kept])
    assert "@" not in str(hidden)
    assert same == kept


def document(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(to_json(sheets()[16], B))), **changes}


def refused(data: object) -> str:
    with pytest.raises(Invalid) as caught:
        from_json(data)
    return str(caught.value)


def test_every_wrong_place_is_named() -> None:
    data = document(language="fr", surprise=1)
    data["milestones"][3]["start"] = "junio"
    data["milestones"][4]["position"] = True
    data["milestones"][2].pop("text")
    data["fields"]["contribution"] = "todo junto"
    data["fields"]["problem"] = "x" * 20_001
    data["fields"]["commitment"] = "\ud800"
    data["milestones"][0]["unplaced"]["continuity"] = "quizá"
    data["contacts"] = None
    told = refused(data)
    for fault in (
        "surprise: no se conoce; se conocen template, ",
        "language: se esperaba uno de «es», «en», hay «fr»",
        "milestones[3].start: se esperaba AAAA-MM, hay «junio»",
        "milestones[2].text: falta",
        "milestones[4].position: se esperaba un número entero, hay «True»",
        "fields.contribution: se esperaba un objeto, hay «todo junto»",
        "fields.problem: caben 20,000 caracteres, hay 20,001",
        "fields.commitment: contiene un signo",
        "milestones[0].unplaced.continuity: se esperaba uno de «new», «ongoing», hay «quizá»",
        "contacts: se esperaba una lista, hay nada",
    ):
        assert fault in told


def test_what_is_no_sheet_at_all_is_refused() -> None:
    assert "se esperaba un objeto" in refused([1])
    assert "template: falta" in refused({"fields": {}})
    assert "template: se esperaba uno de «A», «B», «C», hay «D»" in refused(document(template="D"))
    assert "template: se esperaba" in refused(document(template=["A"]))
    assert "fields: falta" in refused({"template": "A", "language": "es"})
    assert "fields.problem: no se conoce" in refused(document(template="A"))
    assert "y 901 más" in refused(document(notes=[1] * 1001))
    assert "notes: caben 1000" in refused(document(notes=["x"] * 1001))


def test_parents_stand_before_their_parts() -> None:
    data = document()
    data["milestones"][0]["parent"] = "17.1.a"
    data["milestones"][1]["id"] = "17.1"
    told = refused(data)
    assert "milestones[0].parent: antes no hay ninguna meta «17.1.a»" in told
    assert "milestones[1].id: «17.1» ya está" in told


def test_the_least_sheet_is_read() -> None:
    sheet = from_json({"template": "C", "language": "es", "fields": {"name": "Agua\r\nlimpia\x07"}})
    assert sheet == Sheet("Agua\nlimpia ")
    made = from_json({**to_json(sheet, A), "milestones": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]})
    assert [m.position for m in made.milestones] == [1, 2]


def keys(value: object, known: dict[str, Any], whole: dict[str, Any]) -> None:
    """That a document has only keys that the schema documents."""
    if "$ref" in known:
        known = whole["$defs"][known["$ref"].split("/")[-1]]
    if isinstance(value, dict):
        assert set(value) <= set(known["properties"])
        for name, inner in value.items():
            keys(inner, known["properties"][name], whole)
    elif isinstance(value, list):
        for inner in value:
            keys(inner, known["items"], whole)


def test_a_document_has_only_documented_keys() -> None:
    whole = json.loads(json.dumps(schema()))
    assert whole["$schema"].endswith("2020-12/schema")
    assert [one["$ref"] for one in whole["oneOf"]] == ["#/$defs/A", "#/$defs/B", "#/$defs/C"]
    for sheet in sheets():
        for generation in Generation:
            keys(to_json(sheet, generation), whole["$defs"][generation.value], whole)
