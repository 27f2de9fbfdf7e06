"""Who registers for a forum, as it is typed: up to ten people in one form."""

from __future__ import annotations

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums.reading import ForumView
from consulta.domain.forums.registrations import MAX_CHILDREN, MAX_PEOPLE, Group, Guest
from consulta.words.i18n import gettext

from .fields import LINE, Typed

NAME, PHONE = 80, 30


def people(typed: Typed) -> int:
    """For how many people there are fields."""
    value = typed.data.get("people", "1")
    return int(value) if value.isdecimal() and 1 <= int(value) <= MAX_PEOPLE else 1


def read_group(typed: Typed, consultation: ConsultationView, forum: ForumView) -> Group:
    """Who was typed. A name may be any that the person chooses."""
    typed.whole("people", 1, MAX_PEOPLE)
    guests = tuple(read_guest(typed, consultation, forum, f"-{n}") for n in range(1, people(typed) + 1))
    phone = typed.text("phone", limit=PHONE)
    if phone and sum(letter.isdigit() for letter in phone) < 8:
        typed.wrong("phone", gettext("Revise el teléfono: debe tener al menos ocho cifras."))
    children = typed.whole("children", 0, MAX_CHILDREN) if typed.data.get("children") else 0
    departments = [c.code for c in consultation.lists.get("department", ())]
    return Group(
        guests=guests,
        department=typed.one_of("department", departments),
        organization=typed.text("organization", limit=LINE) or None,
        needs=typed.text("needs", limit=500) or None,
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
        name=typed.text(name, limit=NAME, missing=gettext("Escriba un nombre, el que prefiera.")),
        taking_part_as=typed.one_of(f"taking_part_as{number}", kinds),
        first=typed.one_of(f"first{number}", tables),
        second=typed.one_of(f"second{number}", tables),
    )
