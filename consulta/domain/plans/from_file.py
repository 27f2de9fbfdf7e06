"""The commitments of a plan as a file (the shape of the published data of 2016-2018): read, and written again equal.

What follows from something else (counts, levels, paths of amendments, whether titles agree) is computed when it is
written, and compared when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.files.json_paths import Node
from consulta.domain.sheets.sheet import Amendment, Challenge, Contact, Continuity, Line, Milestone, Responsible, Sheet

from .reading import Printed

PROSE = {
    "title": "title",
    "problem": "status_quo",
    "objective": "main_objective",
    "action": "brief_description",
    "challenge": "ogp_challenge",
    "relevance": "relevance",
    "ambition": "ambition",
}
Cell = tuple[str, str, tuple[str, ...]]
CELLS: dict[str, Cell] = {
    "leads": ("lead_agencies", "name", ("acronym",)),
    "persons": ("responsible_persons", "name", ("honorific", "unit")),
    "posts": ("titles", "title", ()),
    "emails": ("emails", "address", ()),
    "phones": ("phones", "phone", ("extension",)),
}
SUMMARY: Cell = ("responsible_in_summary", "name", ())
STATUS = {Continuity.NEW: "New", Continuity.ONGOING: "Ongoing"}
COMMITMENT = (
    "number",
    "theme",
    "theme_letter",
    "section_heading",
    "theme_cell",
    "title_in_summary",
    "titles_agree",
    "responsible_in_summary",
    "contacts",
    "other_actors",
    "ogp_challenge_codes",
    "milestone_count",
    "milestone_row_count",
    "milestone_leaf_count",
    "milestones",
    "amendments",
    "notes",
    "labels",
    "es",
    *PROSE.values(),
    *(cell for cell, _, _ in CELLS.values()),
)
MILESTONE = (
    "id",
    "level",
    "parent",
    "position",
    "number",
    "number_text",
    "sub_item",
    "mark",
    "description",
    "responsible",
    "responsible_lines",
    "responsible_parties",
    "status",
    "start",
    "end",
    "start_text",
    "end_text",
    "inherited",
    "has_sub_items",
)


def read(data: object, consultation: ConsultationView) -> list[Printed]:
    """The commitments of a file; ``Invalid`` names every wrong path. Personal data that the file has not are empty."""
    root = Node(data)
    found = root.each(_commitment)
    for at, one in enumerate(found):
        if one.theme and consultation.theme(one.theme) is None:
            root.faults.append(f"[{at}].theme_letter: no hay un tema «{one.theme[:40]}»")
    repeated = {one.number for one in found if [other.number for other in found].count(one.number) > 1}
    root.faults.extend(f"number: {number} está más de una vez" for number in sorted(repeated))
    root.check()
    return list(found)


def _commitment(node: Node) -> Printed:
    node.only(*COMMITMENT)
    prose: dict[str, Any] = {name: node.at(key).maybe() for name, key in PROSE.items()}
    cells: dict[str, Any] = {name: _cell(node, *cell) for name, cell in CELLS.items()}
    sheet = Sheet(
        **prose | {"title": node.at("title").text()},
        **cells,
        language="en",
        number=node.at("number").whole(),
        challenges=tuple(Challenge(c) for c in node.at("ogp_challenge_codes").each(_challenge) if c),
        government=node.at("other_actors").only("government", "civil_society").at("government").maybe(),
        others=node.at("other_actors").at("civil_society").maybe(),
        contacts=node.at("contacts").each(_contact),
        milestones=node.at("milestones").each(_milestone),
        notes=node.at("notes").each(Node.text),
    )
    labels, said = node.at("labels"), node.at("es")
    one = Printed(
        number=sheet.number or 0,
        sheet=sheet,
        theme=node.at("theme_letter").text(),
        theme_text=node.at("theme").text(),
        section_heading=node.at("section_heading").text(),
        theme_cell=node.at("theme_cell").text(),
        title_in_summary=node.at("title_in_summary").text(),
        summary=_cell(node, *SUMMARY),
        labels={k: labels.at(k).text() for k in labels.value} if isinstance(labels.value, dict) else {},
        amendments=node.at("amendments").each(_amendment),
        translation=_translation(said),
    )
    for name, value in derived(one).items():
        if node.at(name).value is not None and node.at(name).value != value:
            node.at(name).wrong(f"no concuerda con lo demás, que da {value}")
    return one


def _translation(node: Node) -> dict[str, str]:
    """Fields and milestones in Spanish, where the file has them."""
    if node.value is None:
        return {}
    node.only("title", "problem", "objective", "milestones")
    found = {name: node.at(name).text() for name in ("title", "problem", "objective")}
    goals = node.at("milestones")
    keys = goals.value if isinstance(goals.value, dict) else {}
    return found | {f"milestone:{key}": goals.at(key).text() for key in keys}


def _challenge(node: Node) -> str | None:
    return node.one_of(*Challenge)


def _cell(node: Node, name: str, value: str, more: Sequence[str]) -> tuple[Line, ...]:
    if node.at(name).value is None and name in ("emails", "phones"):
        return ()

    def line(one: Node) -> Line:
        one.only("text", "number", "role", value, *more)
        rest = {extra: one.at(extra).maybe() for extra in more}
        number, role = one.at("number").maybe_whole(), one.at("role").maybe()
        return Line(one.at("text").text(), one.at(value).text(), number, role, **rest)

    return node.at(name).each(line)


def _contact(node: Node) -> Contact:
    node.only("order", "honorific", "name", "unit", "role", "title", "agency", "agency_role", "email", "phones")
    phones = node.at("phones")
    return Contact(
        name=node.at("name").text(),
        honorific=node.at("honorific").maybe(),
        unit=node.at("unit").maybe(),
        role=node.at("role").maybe(),
        post=node.at("title").maybe(),
        body=node.at("agency").maybe(),
        body_role=node.at("agency_role").maybe(),
        email=node.at("email").maybe(),
        phones=() if phones.value is None else phones.each(_phone),
    )


def _phone(node: Node) -> tuple[str, str | None]:
    node.only("phone", "extension")
    return node.at("phone").text(), node.at("extension").maybe()


def _milestone(node: Node) -> Milestone:
    node.only(*MILESTONE)
    status = node.at("status").one_of(*STATUS.values())
    return Milestone(
        key=node.at("id").text(),
        text=node.at("description").text(),
        parent=node.at("parent").maybe(),
        position=node.at("position").whole(),
        number=node.at("number").maybe_whole(),
        number_text=node.at("number_text").maybe(),
        mark=node.at("mark").maybe(),
        letter=node.at("sub_item").maybe(),
        responsible=node.at("responsible_lines").each(Node.text),
        parties=node.at("responsible_parties").each(_party),
        continuity=next((c for c, said in STATUS.items() if said == status), None),
        start=_month(node.at("start")),
        end=_month(node.at("end")),
        start_text=node.at("start_text").maybe(),
        end_text=node.at("end_text").maybe(),
        inherited=node.at("inherited").each(Node.text),
        has_parts=node.at("has_sub_items").flag(),
    )


def _month(node: Node) -> str | None:
    found = node.maybe()
    if found is not None and not (len(found) == 7 and found[4] == "-" and "01" <= found[5:] <= "12"):
        node.wrong("se esperaba AAAA-MM")
    return found


def _party(node: Node) -> Responsible:
    node.only("name", "units", "role")
    return Responsible(node.at("name").text(), node.at("units").each(Node.text), node.at("role").maybe())


def _amendment(node: Node) -> Amendment:
    target = node.at("target").only("milestone", "field", "line")
    return Amendment(
        footnote=node.at("footnote").whole(),
        text=node.at("text").text(),
        day=node.at("date").text(),
        day_text=node.at("date_text").text(),
        field=target.at("field").text(),
        milestone=target.at("milestone").maybe(),
        line=target.at("line").maybe_whole(),
        path=node.at("field").text(),
        value=node.at("value_in_document").maybe() or "",
        before=node.at("previous_value").maybe(),
        after=node.at("new_value").maybe(),
        approved_by=node.at("approved_by").text(),
    )


def derived(one: Printed) -> dict[str, Any]:
    """What follows from the rest."""
    goals = one.sheet.milestones
    return {
        "titles_agree": one.sheet.title == one.title_in_summary,
        "milestone_count": sum(goal.parent is None for goal in goals),
        "milestone_row_count": len(goals),
        "milestone_leaf_count": sum(not goal.has_parts for goal in goals),
    }
