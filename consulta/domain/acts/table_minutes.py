"""The minutes of one table of a forum, as what they are: four sections, and the notes they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from consulta.models.base import Localized

SECTIONS = {
    "said_most": {"es": "Lo que más se dijo", "en": "What was said most"},
    "agreed": {"es": "En qué hubo acuerdo", "en": "What was agreed"},
    "disagreed": {"es": "En qué no hubo acuerdo", "en": "What was not agreed"},
    "proposed": {"es": "Qué se propuso", "en": "What was proposed"},
}
"""Name to heading, in the order in which they stand."""
NOTES = {"es": "Notas en que se basa", "en": "Notes they rest on"}


@dataclass(frozen=True)
class TableMinutes:
    """``sections``: name to text, of those that say something; ``notes``: numbers of contributions."""

    sections: Mapping[str, str]
    notes: tuple[int, ...] = ()

    @classmethod
    def of(cls, sections: Mapping[str, str], notes: Any = ()) -> Self:
        """From what was typed or stored; empty sections are none."""
        said = {name: sections[name].strip() for name in SECTIONS if sections.get(name, "").strip()}
        return cls(said, tuple(notes))

    def as_stored(self) -> dict[str, Any]:
        """As the act's content holds it."""
        return {"sections": dict(self.sections), "notes": list(self.notes)}

    def parts(self, language: str) -> list[tuple[str, str]]:
        """Heading and text of each section, then of the notes if there are any."""
        found = [(heading.get(language, heading["es"]), self.sections[name]) for name, heading in self._headings()]
        notes = ", ".join(f"n.º {number}" for number in self.notes)
        return [*found, (NOTES.get(language, NOTES["es"]), notes)] if notes else found

    def text(self) -> Localized:
        """The whole as text, in Spanish: what was said was said in its own language, only headings are ours."""
        return {"es": "\n\n".join(f"{heading}\n{said}" for heading, said in self.parts("es"))}

    def _headings(self) -> list[tuple[str, Localized]]:
        return [(name, heading) for name, heading in SECTIONS.items() if name in self.sections]
