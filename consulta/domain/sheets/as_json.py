"""A sheet as JSON in a template generation, and back: A to B to C to A gives the equal sheet.

``schema()`` of ``sheet_schema`` documents the shape. Nothing is left out here: ``sheets.public`` before, for
what everybody may read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from consulta.domain.errors import Invalid
from consulta.domain.files.json_schema import checked, refuse
from consulta.domain.texts import as_sent

from .schema import GROUPS, Schema, schema
from .sheet import Amendment, Challenge, Contact, Continuity, Generation, Line, Milestone, Responsible, Sheet
from .templates import FIELDS, LINES, MILESTONE_FIELDS, TEMPLATES, Template

Json = dict[str, Any]
WRONG = "Esto no tiene la forma de una ficha de compromiso. %(faults)s"
PRIVATE = ("emails", "phones")
IDENTITY = ("parent", "position", "number", "number_text", "mark", "letter", "inherited", "has_parts")


def public_amendments(amendments: Iterable[Amendment]) -> tuple[Amendment, ...]:
    """Amendments without the addresses and telephones that they changed; that they changed stays."""
    return tuple(replace(one, value="", before=None, after=None) if one.field in PRIVATE else one for one in amendments)


def to_json(sheet: Sheet, generation: Generation) -> Json:
    """The sheet in the boxes of a generation."""
    template = TEMPLATES[generation]
    fields: Json = {}
    for box in template.boxes:
        values = {name: _raw(sheet, name) for name, _ in box.fields}
        fields[box.key] = values if len(values) > 1 else values.popitem()[1]
    left = {name: _raw(sheet, name) for name in FIELDS if name not in template.fields}
    return {
        "template": generation.value,
        "language": sheet.language,
        "number": sheet.number,
        "theme": sheet.theme,
        "fields": fields,
        "contacts": [_contact(one) for one in sheet.contacts],
        "milestones": [_milestone(one, template) for one in sheet.milestones],
        "notes": list(sheet.notes),
        "undecided": sorted(sheet.undecided),
        "unplaced": {k: v for k, v in left.items() if v not in (None, [])},
    }


def converted(data: object, generation: Generation) -> Json:
    """A sheet written in one generation, in another; ``Invalid`` as in ``from_json``."""
    return to_json(from_json(data), generation)


def _raw(sheet: Sheet, name: str) -> Any:
    value = getattr(sheet, name)
    if name in LINES:
        return [_compact(asdict(one)) for one in value]
    return [one.value for one in value] if name == "challenges" else value


def _compact(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _contact(one: Contact) -> Json:
    phones = [_compact({"number": number, "extension": extension}) for number, extension in one.phones]
    return _compact({**asdict(one), "phones": phones})


def _milestone(one: Milestone, template: Template) -> Json:
    values = {
        **asdict(one),
        "responsible": list(one.responsible),
        "parties": [_compact({**asdict(party), "units": list(party.units)}) for party in one.parties],
        "inherited": list(one.inherited),
        "continuity": one.continuity and one.continuity.value,
    }
    placed = [key for name in template.milestone_fields for key in GROUPS[name]]
    left = {key: values[key] for keys in GROUPS.values() for key in keys if key not in placed}
    unplaced = {key: value for key, value in left.items() if value not in (None, [])}
    own = {key: values[key] for key in (*IDENTITY, *sorted(placed))}
    return {"id": one.key, **_compact(own), **({"unplaced": unplaced} if unplaced else {})}


def from_json(data: object) -> Sheet:
    """The sheet that a document says. ``Invalid`` names each place that is not as ``schema`` describes."""
    whole = schema()
    checked(_which(data), data, whole, WRONG)
    assert isinstance(data, dict)
    template, given = TEMPLATES[Generation(data["template"])], _cleaned(data)
    refuse(_wrong_order(given.get("milestones", ())), WRONG)
    values: Json = dict(given.get("unplaced", {}))
    for box in template.boxes:
        said = given["fields"].get(box.key)
        values.update(said or {} if len(box.fields) > 1 else {box.fields[0][0]: said})
    return Sheet(
        language=given["language"],
        number=given.get("number"),
        theme=given.get("theme"),
        contacts=tuple(_read_contact(one) for one in given.get("contacts", ())),
        milestones=tuple(_read_milestone(one, place) for place, one in enumerate(given.get("milestones", ()), 1)),
        notes=tuple(given.get("notes", ())),
        undecided=frozenset(given.get("undecided", ())),
        **{name: _read(name, values.get(name)) for name in FIELDS},
    )


def _which(data: object) -> Schema:
    """The schema of the generation that the document names."""
    named = data.get("template") if isinstance(data, dict) else None
    known = [one.value for one in Generation]
    if not isinstance(data, dict):
        raise Invalid(WRONG, faults="se esperaba un objeto", field="template")
    if named not in known:
        shape: Schema = {
            "type": "object",
            "required": ["template"],
            "properties": {"template": {"type": "string", "enum": known}},
        }
        checked(shape, {"template": named} if "template" in data else {}, {}, WRONG)
    return {"$ref": f"#/$defs/{named}"}


def _cleaned(value: Any) -> Any:
    """The same with line ends and control characters as everywhere in the platform."""
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return as_sent(value) if isinstance(value, str) else value


def _wrong_order(milestones: Iterable[Json]) -> Iterable[str]:
    """Milestones whose identifier is taken, or whose parent does not stand before them."""
    seen: set[str] = set()
    for place, one in enumerate(milestones):
        if one["id"] in seen:
            yield f"milestones[{place}].id: «{one['id'][:40]}» ya está"
        if one.get("parent") is not None and one["parent"] not in seen:
            yield f"milestones[{place}].parent: antes no hay ninguna meta «{one['parent'][:40]}»"
        seen.add(one["id"])


def _read(name: str, value: Any) -> Any:
    if name in LINES:
        return tuple(Line(**one) for one in value or ())
    return tuple(Challenge(one) for one in value or ()) if name == "challenges" else value


def _read_contact(one: Json) -> Contact:
    phones = tuple((phone["number"], phone.get("extension")) for phone in one.get("phones", ()))
    return Contact(**{**one, "phones": phones})


def _read_milestone(one: Json, place: int) -> Milestone:
    said = {**one, **one.get("unplaced", {})}
    names = (*IDENTITY, *(key for name in MILESTONE_FIELDS for key in GROUPS[name]))
    values: Json = {"position": place, **{name: said[name] for name in names if name in said}}
    values["parties"] = tuple(
        Responsible(party["name"], tuple(party.get("units", ())), party.get("role"))
        for party in said.get("parties", ())
    )
    values["responsible"], values["inherited"] = tuple(said.get("responsible", ())), tuple(said.get("inherited", ()))
    values["continuity"] = Continuity(said["continuity"]) if said.get("continuity") else None
    return Milestone(key=one["id"], **values)
