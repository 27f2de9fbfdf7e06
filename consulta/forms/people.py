"""A role that somebody has, as its form shows it."""

from __future__ import annotations

from consulta.domain.people import Person
from consulta.domain.snapshots import ConsultationView


def shown(person: Person, consultation: ConsultationView) -> dict[str, str]:
    """The form's values; why it is given anew is typed."""
    themes = (consultation.theme_by_id(id_) for id_ in person.themes)
    return {
        "email": person.email, "role": person.role.value, "sector": person.sector.value if person.sector else "",
        "organization": person.organization or "", "language": person.language or "",
        **{f"theme-{theme.slug}": "1" for theme in themes if theme is not None},
    }  # fmt: skip
