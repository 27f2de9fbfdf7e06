"""The 22 commitments of the real plan as sheets, with invented persons, addresses and telephones; for tests only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from consulta.domain.sheets.advice import Entry, Glossary
from consulta.domain.sheets.sheet import Challenge, Contact, Continuity, Line, Milestone, Period, Responsible, Sheet

DATA = Path(__file__).parent.parent / "data"
PERIOD = Period("2016-08", "2018-06")
Record = dict[str, Any]


def records() -> list[Record]:
    """The records as they were printed."""
    found: list[Record] = json.loads((DATA / "commitments-invented.json").read_text("utf-8"))
    return found


def sheets() -> list[Sheet]:
    """The 22 commitments."""
    return [sheet_of(record) for record in records()]


def contents() -> list[Entry]:
    """What the summary at the beginning of the plan says of each commitment."""
    return [
        Entry(r["number"], r["title_in_summary"], tuple(body["name"] for body in r["responsible_in_summary"]))
        for r in records()
    ]


def glossary() -> Glossary:
    """The acronyms of the plan's list and of its list of institutions, with their names."""
    return {k: tuple(v) for k, v in json.loads((DATA / "glossary.json").read_text("utf-8")).items()}


def sheet_of(r: Record) -> Sheet:
    """One record as a sheet."""
    return Sheet(
        title=r["title"],
        language="en",
        theme=r["theme_letter"].lower(),
        number=r["number"],
        problem=r["status_quo"],
        objective=r["main_objective"],
        action=r["brief_description"],
        relevance=r["relevance"],
        ambition=r["ambition"],
        challenge=r["ogp_challenge"],
        challenges=tuple(Challenge(code) for code in r["ogp_challenge_codes"]),
        government=r["other_actors"]["government"],
        others=r["other_actors"]["civil_society"],
        leads=_lines(r["lead_agencies"], "name"),
        persons=_lines(r["responsible_persons"], "name"),
        posts=_lines(r["titles"], "title"),
        emails=_lines(r["emails"], "address"),
        phones=_lines(r["phones"], "phone"),
        contacts=tuple(_contact(one) for one in r["contacts"]),
        milestones=tuple(_milestone(one) for one in r["milestones"]),
        notes=tuple(r["notes"]),
    )


def _lines(found: list[Record], value: str) -> tuple[Line, ...]:
    more = ("number", "role", "acronym", "honorific", "unit", "extension")
    return tuple(Line(one["text"], one[value], **{name: one.get(name) for name in more}) for one in found)


def _contact(r: Record) -> Contact:
    return Contact(
        r["name"] or "",
        r["honorific"],
        r["unit"],
        r["role"],
        r["title"],
        r["agency"],
        r["agency_role"],
        r["email"],
        tuple((phone["phone"], phone["extension"]) for phone in r["phones"]),
    )


def _milestone(r: Record) -> Milestone:
    status = {"New": Continuity.NEW, "Ongoing": Continuity.ONGOING, None: None}[r["status"]]
    return Milestone(
        r["id"],
        r["description"],
        r["parent"],
        r["position"],
        r["number"],
        r["number_text"],
        r["mark"],
        r["sub_item"],
        responsible=tuple(r["responsible_lines"]),
        parties=tuple(Responsible(one["name"], tuple(one["units"]), one["role"]) for one in r["responsible_parties"]),
        continuity=status,
        start=r["start"],
        end=r["end"],
        start_text=r["start_text"],
        end_text=r["end_text"],
        inherited=tuple(r["inherited"]),
        has_parts=r["has_sub_items"],
    )
