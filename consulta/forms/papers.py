"""The notes of a sheet as they are typed."""

from __future__ import annotations

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.papers.batches import MAX_NOTES
from consulta.domain.papers.notes import Note
from consulta.domain.texts import OTHER_MAX

from .fields import Typed


def read_notes(typed: Typed, consultation: ConsultationView) -> list[Note]:
    """Each note that says something, with its language."""
    languages = [c.code for c in consultation.lists.get("language", ())]
    found = []
    for n in range(1, MAX_NOTES + 1):
        field, spoken = f"body-{n}", f"language-{n}"
        body, chosen = typed.text(field, limit=OTHER_MAX), typed.one_of(spoken, languages)
        if body:
            found.append(Note(body, chosen, typed.flag(f"objection-{n}")))
    return found
