"""A stored consultation as its file (the shape of ``consulta/reference/``): to copy it, or to change a part of it."""

from __future__ import annotations

from typing import Any

from consulta.domain.consultations.snapshots import ConsultationView, StageView


def data_of(view: ConsultationView) -> dict[str, Any]:
    """Everything of a consultation but its contributions, bodies and acts."""
    return {
        "slug": view.slug,
        "kind": view.kind.value,
        "title": view.title,
        "timezone": str(view.timezone),
        "locale": view.locale,
        "texts": view.texts,
        "links": view.links,
        "settings": view.settings,
        "themes": [
            {
                "letter": t.letter,
                "slug": t.slug,
                "name": t.name,
                "question": t.question,
                "briefing": t.briefing,
                "colour": t.colour,
                "pictogram": t.pictogram,
            }
            for t in view.themes
        ],
        "stages": [stage_data(s) for s in view.stages],
        "lists": {
            name: [
                {
                    "code": c.code,
                    "label": c.label,
                    "population": c.population,
                    "tile": list(c.tile) if c.tile else None,
                }
                for c in choices
            ]
            for name, choices in view.lists.items()
        },
        "reasons": [{"code": r.code, "title": r.title, "text": r.text} for r in view.reasons],
    }


def stage_data(s: StageView) -> dict[str, Any]:
    """A stage as the file has it; days inclusive."""
    return {
        "key": s.key,
        "number": s.number,
        "parent": s.parent,
        "title": s.title,
        "participants": s.participants,
        "result": s.result,
        "notes": s.notes,
        "source": s.source,
        "theme": s.theme,
        "opens": list(s.opens),
        "starts": s.first_day.isoformat(),
        "ends": s.last_day.isoformat(),
        "dates": [d.isoformat() for d in s.dates] or None,
    }
