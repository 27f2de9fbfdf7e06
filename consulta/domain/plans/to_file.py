"""Commitments written in the shape of the file that they were read from, field by field."""

from __future__ import annotations

from typing import Any

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.sheets.sheet import Amendment, Contact, Line, Milestone

from .from_file import CELLS, PROSE, STATUS, SUMMARY, derived
from .reading import Printed


def write(one: Printed, consultation: ConsultationView) -> dict[str, Any]:
    """One commitment; addresses and telephones as far as ``one`` has them."""
    theme, sheet = consultation.theme(one.theme), one.sheet
    cells = {
        name: [_line(line, value, more) for line in getattr(sheet, field)]
        for field, (name, value, more) in CELLS.items()
    }
    name, value, more = SUMMARY
    return {
        "number": one.number,
        "theme": one.theme_text,
        "theme_letter": theme.letter if theme else None,
        "section_heading": one.section_heading,
        "theme_cell": one.theme_cell,
        "title_in_summary": one.title_in_summary,
        **{key: getattr(sheet, field) for field, key in PROSE.items()},
        **cells,
        **derived(one),
        name: [_line(line, value, more) for line in one.summary],
        "contacts": [_contact(order, person) for order, person in enumerate(sheet.contacts, start=1)],
        "other_actors": {"government": sheet.government, "civil_society": sheet.others},
        "ogp_challenge_codes": [code.value for code in sheet.challenges],
        "milestones": [_milestone(goal) for goal in sheet.milestones],
        "amendments": [_amendment(change) for change in one.amendments],
        "notes": list(sheet.notes),
        "labels": dict(one.labels),
    }


def _line(line: Line, value: str, more: tuple[str, ...]) -> dict[str, Any]:
    rest = {name: getattr(line, name) for name in more}
    return {"text": line.text, "number": line.number, "role": line.role, value: line.value, **rest}


def _contact(order: int, person: Contact) -> dict[str, Any]:
    return {
        "order": order,
        "honorific": person.honorific,
        "name": person.name,
        "unit": person.unit,
        "role": person.role,
        "title": person.post,
        "agency": person.body,
        "agency_role": person.body_role,
        "email": person.email,
        "phones": [{"phone": number, "extension": extension} for number, extension in person.phones],
    }


def _milestone(goal: Milestone) -> dict[str, Any]:
    return {
        "id": goal.key,
        "level": 2 if goal.parent else 1,
        "parent": goal.parent,
        "position": goal.position,
        "number": goal.number,
        "number_text": goal.number_text,
        "sub_item": goal.letter,
        "mark": goal.mark,
        "description": goal.text,
        "responsible": " ".join(goal.responsible) or None,
        "responsible_lines": list(goal.responsible),
        "responsible_parties": [{"name": p.name, "units": list(p.units), "role": p.role} for p in goal.parties],
        "status": STATUS[goal.continuity] if goal.continuity else None,
        "start": goal.start,
        "end": goal.end,
        "start_text": goal.start_text,
        "end_text": goal.end_text,
        "inherited": list(goal.inherited),
        "has_sub_items": goal.has_parts,
    }


def _amendment(change: Amendment) -> dict[str, Any]:
    line = {} if change.line is None else {"line": change.line}
    return {
        "footnote": change.footnote,
        "text": change.text,
        "date": change.day,
        "date_text": change.day_text,
        "field": change.path,
        "target": {"milestone": change.milestone, "field": change.field, **line},
        "value_in_document": change.value,
        "previous_value": change.before,
        "new_value": change.after,
        "approved_by": change.approved_by,
    }
