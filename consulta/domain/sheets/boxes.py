"""A sheet in the boxes of one generation of OGP's template: no word is lost, what has no box goes to an annex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .lines import number, of_milestone, said, undated
from .sheet import Generation, Milestone, Sheet
from .templates import FIELDS, MILESTONE_FIELDS, TEMPLATES, UNDECIDED, Spec


@dataclass(frozen=True)
class Part:
    """What one field says inside a box. ``label``: small label above it, often empty; ``language``: of the lines."""

    field: str
    label: str
    lines: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class Box:
    """A box of the form with what stands in it; ``below``: after the milestones."""

    key: str
    label: str
    parts: tuple[Part, ...]
    below: bool

    @property
    def fields(self) -> tuple[str, ...]:
        """The canonical fields that say something here."""
        return tuple(part.field for part in self.parts)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands in the cell, line by line, the small labels included."""
        return lines(self.parts)


@dataclass(frozen=True)
class BoxRow:
    """A milestone: ``depth`` 0, or more for a part of one; ``number`` as printed («1.», «a)»); one cell a column."""

    key: str
    depth: int
    number: str
    cells: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True)
class Placed:
    """A sheet in a template. ``columns``: label of each; ``unplaced``: what this generation has no place for."""

    generation: Generation
    boxes: tuple[Box, ...]
    milestones: str
    columns: tuple[str, ...]
    rows: tuple[BoxRow, ...]
    notes: tuple[str, ...]
    unplaced: tuple[Part, ...]


def lines(parts: Iterable[Part]) -> tuple[str, ...]:
    """The lines of a cell, each small label on a line of its own."""
    return tuple(line for part in parts for line in ((part.label,) if part.label else ()) + part.lines)


def place(sheet: Sheet, generation: Generation) -> Placed:
    """The boxes of a generation, in its order, and what has no place in it."""
    template = TEMPLATES[generation]
    rows = tuple(_row(sheet, one, template.columns) for one in sheet.milestones)
    left = (Spec("", "", ((name, label),)) for name, label in FIELDS.items() if name not in template.fields)
    unplaced = [part for spec in left for part in _parts(sheet, spec)]
    for name, label in MILESTONE_FIELDS.items():
        if name not in template.milestone_fields:
            unplaced += _column(sheet, name, label)
    if "dates" in sheet.undecided and not any(undated(one) for one in sheet.milestones):
        unplaced.append(Part("dates", "Fechas", (UNDECIDED,), "es"))
    return Placed(
        generation,
        tuple(Box(spec.key, spec.label, tuple(_parts(sheet, spec)), spec.below) for spec in template.boxes),
        template.milestones,
        tuple(column.label for column in template.columns),
        rows,
        tuple(text for text in sheet.notes if text),
        tuple(unplaced),
    )


def _parts(sheet: Sheet, spec: Spec) -> Iterator[Part]:
    undecided = {"leads": "leads", "persons": "contacts"}
    for name, label in spec.fields:
        text = said(sheet, name)
        if text:
            yield Part(name, label, text, "es" if name == "challenges" else sheet.language)
        if undecided.get(name) in sheet.undecided:
            yield Part(undecided[name], "" if text else label, (UNDECIDED,), "es")


def _row(sheet: Sheet, one: Milestone, columns: tuple[Spec, ...]) -> BoxRow:
    cells = tuple(
        tuple(part for name, label in column.fields for part in _cell(sheet, one, name, label)) for column in columns
    )
    return BoxRow(one.key, len(_line_of(sheet, one)) - 1, number(one), cells)


def _cell(sheet: Sheet, one: Milestone, name: str, label: str) -> Iterator[Part]:
    text, language = of_milestone(one, name, sheet.language), "es" if name == "continuity" else sheet.language
    if text:
        yield Part(name, label, text, language)
    elif name in ("start", "end") and "dates" in sheet.undecided and undated(one):
        yield Part("dates", label, (UNDECIDED,), "es")


def _line_of(sheet: Sheet, one: Milestone) -> list[Milestone]:
    """A milestone and those it is a part of, the outermost first."""
    by_key, line = {m.key: m for m in sheet.milestones}, [one]
    while (above := by_key.get(line[0].parent or "")) and above not in line:
        line.insert(0, above)
    return line


def _column(sheet: Sheet, name: str, label: str) -> list[Part]:
    """What the milestones say of a field that has no column, one line a milestone."""
    found = [(one, of_milestone(one, name, sheet.language)) for one in sheet.milestones]
    text = tuple(
        f"{' '.join(number(above) for above in _line_of(sheet, one))} {' / '.join(values)}"
        for one, values in found
        if values
    )
    language = "es" if name == "continuity" else sheet.language
    return [Part(f"milestones.{name}", label, text, language)] if text else []
