"""The JSON Schema (draft 2020-12) of a sheet written in one of the three template generations."""

from __future__ import annotations

from typing import Any

from .sheet import TEXT_MAX, Challenge, Continuity, Generation
from .templates import FIELDS, LINES, MILESTONE_FIELDS, TEMPLATES, Template

Schema = dict[str, Any]
LANGUAGES = ("es", "en")
UNDECIDED = ("leads", "contacts", "dates")
ITEMS_MAX = 1000

NEEDED: Schema = {"type": "string", "maxLength": TEXT_MAX}
TEXT: Schema = {"type": ["string", "null"], "maxLength": TEXT_MAX}
MONTH: Schema = {"type": ["string", "null"], "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "title": "AAAA-MM"}
NUMBER: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 1_000_000}


def schema() -> Schema:
    """The schema of a sheet in any generation: ``template`` says which."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "OGP commitment sheet",
        "description": (
            "A commitment in the boxes of one generation of OGP's template. A box that joins several fields of a sheet "
            "is an object with one entry a field, so that another generation can take them apart. What the generation "
            "has no box for stands under 'unplaced', for a milestone inside it. A value that is absent or null says "
            "nothing."
        ),
        "oneOf": [{"$ref": f"#/$defs/{one.value}"} for one in Generation],
        "$defs": {**{one.value: _sheet(TEMPLATES[one]) for one in Generation}, **_PIECES},
    }


def _object(needed: tuple[str, ...], properties: dict[str, Schema], description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": list(needed),
        "additionalProperties": False,
        "properties": properties,
    }


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of, "maxItems": ITEMS_MAX}


def _sheet(template: Template) -> Schema:
    boxes = {
        box.key: {**_box(tuple(name for name, _ in box.fields)), "description": box.label} for box in template.boxes
    }
    unplaced = {name: {**_field(name), "description": name} for name in FIELDS if name not in template.fields}
    return _object(
        ("template", "language", "fields"),
        {
            "template": {"type": "string", "enum": [template.generation.value], "description": template.years},
            "language": {"type": "string", "enum": list(LANGUAGES), "description": "language of the texts"},
            "number": {**NUMBER, "description": "number of the commitment in its plan"},
            "theme": {**TEXT, "description": "slug of its theme"},
            "fields": _object((), boxes, "the boxes, by the English key of each"),
            "contacts": {**_list(_ref("contact")), "description": "persons with what belongs to each"},
            "milestones": _list(_milestone(template)),
            "notes": {**_list(NEEDED), "description": "remarks below the milestones"},
            "undecided": {
                **_list({"type": "string", "enum": list(UNDECIDED)}),
                "description": "what the roundtable will still decide",
            },
            "unplaced": _object((), unplaced, "fields that this generation has no box for, by canonical name"),
        },
        f"The sheet in generation {template.generation.value}.",
    )


def _box(fields: tuple[str, ...]) -> Schema:
    if len(fields) == 1:
        return _field(fields[0])
    return _object((), {name: _field(name) for name in fields}, "")


def _field(name: str) -> Schema:
    if name in LINES:
        return _list(_ref("line"))
    if name == "challenges":
        return _list({"type": "string", "enum": [one.value for one in Challenge]})
    return dict(TEXT)


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _milestone(template: Template) -> Schema:
    placed = {key: MILESTONE_PARTS[key] for name in template.milestone_fields for key in GROUPS[name]}
    left = {
        key: MILESTONE_PARTS[key]
        for name in MILESTONE_FIELDS
        if name not in template.milestone_fields
        for key in GROUPS[name]
    }
    own = {
        "id": {**NEEDED, "description": "stable identifier within the sheet"},
        "parent": {**TEXT, "description": "id of the milestone it is a part of, which stands before it"},
        "position": {**NUMBER, "type": "integer", "description": "place among its siblings, from 1"},
        "number": {**NUMBER, "description": "printed number; a part repeats its parent's"},
        "number_text": {**TEXT, "description": "the number as printed"},
        "mark": {**TEXT, "description": "printed mark of a part: «a)»"},
        "letter": {**TEXT, "description": "what the mark says: «a»"},
        "inherited": {**_list(NEEDED), "description": "fields that a part takes over from its parent"},
        "has_parts": {"type": "boolean"},
    }
    unplaced = _object((), dict(sorted(left.items())), "what this generation has no column for")
    ordered = {key: placed[key] for key in MILESTONE_PARTS if key in placed}
    return _object(("id", "text"), {**own, **ordered, "unplaced": unplaced}, template.milestones)


GROUPS = {
    "text": ("text",),
    "deliverable": ("deliverable",),
    "responsible": ("responsible", "parties"),
    "continuity": ("continuity",),
    "continues": ("continues",),
    "start": ("start", "start_text"),
    "end": ("end", "end_text"),
}
"""The keys that go together with a field of a milestone: what was read, and what was printed."""

MILESTONE_PARTS: dict[str, Schema] = {
    "text": NEEDED,
    "deliverable": TEXT,
    "responsible": {**_list(NEEDED), "description": "lines as printed"},
    "parties": {**_list(_ref("party")), "description": "the bodies that the lines name"},
    "continuity": {"type": ["string", "null"], "enum": [*(one.value for one in Continuity), None]},
    "continues": {**TEXT, "description": "earlier commitment it goes on from: 2014-2016/G7"},
    "start": MONTH,
    "start_text": {**TEXT, "description": "start as printed"},
    "end": MONTH,
    "end_text": {**TEXT, "description": "end as printed"},
}

_PIECES: dict[str, Schema] = {
    "line": _object(
        ("text", "value"),
        {
            "text": {**NEEDED, "description": "the line as written"},
            "value": {**NEEDED, "description": "the name, post, address or number in it"},
            "number": NUMBER,
            "role": TEXT,
            "acronym": TEXT,
            "honorific": TEXT,
            "unit": TEXT,
            "extension": TEXT,
        },
        "A line of a box that lists bodies, persons, posts, addresses or telephones.",
    ),
    "contact": _object(
        ("name",),
        {
            "name": NEEDED,
            "honorific": TEXT,
            "unit": TEXT,
            "role": TEXT,
            "post": TEXT,
            "body": TEXT,
            "body_role": TEXT,
            "email": TEXT,
            "phones": _list(_ref("phone")),
        },
        "A person with post, body, address and telephones.",
    ),
    "phone": _object(("number",), {"number": NEEDED, "extension": TEXT}, "A telephone."),
    "party": _object(
        ("name",),
        {"name": NEEDED, "units": _list(NEEDED), "role": TEXT},
        "A body responsible for a milestone; role «support» if it only helps.",
    ),
}
