"""A role that somebody has, as its form shows it."""

from __future__ import annotations

from consulta.domain.accounts.team import Person
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName

from .fields import Typed


def shown(person: Person, consultation: ConsultationView) -> dict[str, str]:
    """The form's values; why it is given anew is typed."""
    themes = (consultation.theme_by_id(id_) for id_ in person.themes)
    return {
        "persona": str(person.account_id),
        "cargo": person.key,
        "email": person.email,
        "role": person.role.value,
        "sector": person.sector.value if person.sector else "",
        "organization": person.organization or "",
        "language": person.language or "",
        **{f"theme-{theme.slug}": "1" for theme in themes if theme is not None},
    }


def same(person: Person, typed: Typed) -> bool:
    """Whether the form still is about the role that it was opened for: its person, name, a translator's language."""
    named = (typed.text("email").lower(), typed.text("role"))
    spoken = person.role is not RoleName.TRANSLATOR or typed.text("language") == person.language
    return named == (person.email, person.role.value) and spoken
