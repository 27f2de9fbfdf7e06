"""A consultation of invented data, stored and read back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.management import loading


def load(database: Database, data: dict[str, Any], now: datetime) -> ConsultationView:
    """Store a consultation and read it back."""
    with database.transaction() as db:
        loading.load(db, data, now=now)
    with database.session(read_only=True) as db:
        return consultations.find(db, data["slug"]).view


def read(database: Database) -> ConsultationView:
    """The consultation as it stands."""
    with database.session(read_only=True) as db:
        return consultations.find(db, "prueba").view


def said(text: str) -> dict[str, str]:
    """A text in Spanish, with an English beside it."""
    return {"es": text, "en": f"{text} (en)"}


def a_consultation(slug: str = "prueba", themes: int = 5, **changes: Any) -> dict[str, Any]:
    """The file of a consultation whose opinion stage is open now."""
    data: dict[str, Any] = {
        "slug": slug,
        "kind": "ordinary",
        "title": said(f"Consulta {slug}"),
        "timezone": "America/Guatemala",
        "locale": "es_GT",
        "published": "D-3",
        "links": {},
        "texts": {
            name: said(f"{name} de {slug}")
            for name in ("call", "lead", "act", "act_hint", "convened_by", "privacy_note", "denounce", "privacy_page")
        },
        "settings": {
            "moderation": {"opinion": "before"},
            "review_days": 7,
            "answer_days": 60,
            "submissions_per_address": 30,
            "minimum_seconds": 0,
        },
        "themes": [
            {
                "letter": "ABCDEFGHIJKL"[i],
                "slug": f"tema-{i + 1}",
                "name": said(f"Tema {i + 1}"),
                "question": said(f"¿Pregunta {i + 1}?"),
                "briefing": said(f"Resumen **{i + 1}**"),
                "colour": i + 1,
                "pictogram": ("book", "phone", "talk", "ledger", "coins", "tree", "water")[i % 7],
            }
            for i in range(themes)
        ],
        "stages": [
            {"key": "1", "number": "1", "title": said("Llamado"), "starts": "D-3", "ends": "D-3", "opens": []},
            {"key": "2", "number": "2", "title": said("Opinar"), "starts": "D-3", "ends": "D+10", "opens": ["opinion"]},
        ],
        "lists": {
            "department": [
                {"code": "01", "label": said("Guatemala"), "population": 3015081, "tile": [3, 3]},
                {"code": "16", "label": said("Alta Verapaz"), "population": 1215038, "tile": [3, 1]},
            ],
            "taking_part_as": [{"code": "citizen", "label": said("Ciudadana")}],
            "age_group": [
                {"code": "under-18", "label": said("Menos de 18")},
                {"code": "30-59", "label": said("30 a 59")},
            ],
            "gender": [{"code": "woman", "label": said("Mujer")}],
            "language": [{"code": "quc", "label": said("K'iche'")}, {"code": "kek", "label": said("Q'eqchi'")}],
            "body_sector": [
                {"code": "executive", "label": said("Ejecutivo")},
                {"code": "cso", "label": said("Sociedad civil")},
            ],
        },
        "reasons": [
            {"code": "personal-data", "title": said("Trae datos personales"), "text": said("Dice algo privado.")},
            {"code": "off-topic", "title": said("No es del tema"), "text": said("No tiene que ver.")},
        ],
    }
    return {**data, **changes}
