"""Who registers for a forum, as it is typed: up to ten people in one form."""

from __future__ import annotations

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums.reading import ForumView
from consulta.domain.forums.registrations import MOST, MOST_CHILDREN, Guest, Party
from consulta.words.i18n import gettext

from .fields import LINE, Typed

NAME, PHONE = 80, 30


def people(typed: Typed) -> int:
    """For how many people there are fields."""
    value = typed.data.get("people", "1")
    return int(value) if value.isdecimal() and 1 <= int(value) <= MOST else 1


def read_party(typed: Typed, consultation: ConsultationView, forum: ForumView) -> Party:
    """Who was typed. A name may be any that the person chooses."""
    typed.whole("people", 1, MOST)
    guests = tuple(read_guest(typed, consultation, forum, f"-{n}") for n in range(1, people(typed) + 1))
    phone = typed.text("phone", most=PHONE)
    if phone and sum(letter.isdigit() for letter in phone) < 8:
        typed.wrong("phone", gettext("Revise el teléfono: debe tener al menos ocho cifras."))
    children = typed.whole("children", 0, MOST_CHILDREN) if typed.data.get("children") else 0
    departments = [c.code for c in consultation.lists.get("department", ())]
    return Party(
        guests=guests,
        department=typed.one_of("department", departments),
        organization=typed.text("organization", most=LINE) or None,
        needs=typed.text("needs", most=500) or None,
        email=typed.email("email"),
        phone=phone or None,
        children=children,
    )


def read_guest(typed: Typed, consultation: ConsultationView, forum: ForumView, number: str = "") -> Guest:
    """One person: the fields end with their number."""
    tables = [table.theme for table in forum.tables]
    kinds = [c.code for c in consultation.lists.get("taking_part_as", ())]
    name = f"name{number}"
    return Guest(
        name=typed.text(name, most=NAME, missing=gettext("Escriba un nombre, el que prefiera.")),
        taking_part_as=typed.one_of(f"taking_part_as{number}", kinds),
        first=typed.one_of(f"first{number}", tables),
        second=typed.one_of(f"second{number}", tables),
    )
