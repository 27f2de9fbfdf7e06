"""The report of an import: what was taken, what was there, what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from consulta.documents import tables
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.intake.preview import Survey
from consulta.domain.plans.reading import Printed
from consulta.domain.sheets import advice, period
from consulta.domain.sheets.advice import Diagnostic, Entry
from consulta.domain.sheets.sheet import Period, Sheet

SHOWN = 20


def lines(found: Survey, stored: int, *, written: bool) -> Iterator[str]:
    """The report for the terminal; at most twenty rows by name."""
    yield f"filas leídas: {found.rows:,}"
    yield f"tomadas: {stored if written else len(found.taken):,}" + ("" if written else " (no se escribió nada)")
    if found.withdrawn:
        yield f"de ellas, retiradas en su origen: {found.withdrawn:,}"
    if found.repeated:
        yield f"con el mismo texto que otra fila del archivo (se toman todas): {found.repeated:,}"
    yield f"ya estaban: {found.known:,}"
    if found.blank:
        yield f"filas vacías: {found.blank:,}"
    if found.changed:
        yield f"textos que eran código de página web, guardados como texto sencillo: {len(found.changed):,}"
        for change in found.changed[:3]:
            yield f"  línea {change.line}: «{_short(change.before)}» → «{_short(change.after)}»"
    yield f"no tomadas: {len(found.left):,}"
    for group in found.refusals()[:SHOWN]:
        if group.count > 1:
            yield f"  {group.count:,} filas: {group.why}" + (f" («{group.value}»)" if group.value else "")
    for one in found.left[:SHOWN]:
        yield f"  línea {one.line}, columna «{one.column}», valor «{one.value[:60]}»: {one.why}"
    if len(found.left) > SHOWN:
        yield f"  … y {len(found.left) - SHOWN:,} más (todas con --report)"
    if found.dropped_columns:
        yield f"columnas con datos de personas, no leídas: {', '.join(found.dropped_columns)}"


def _short(text: str) -> str:
    return " ".join(text.split())[:60]


def commitment_lines(found: Sequence[Printed], view: ConsultationView) -> Iterator[str]:
    """What was taken, and every place where the document does not add up: it is kept as printed."""
    sheets = [one.sheet for one in found]
    goals = [goal for sheet in sheets for goal in sheet.milestones]
    yield f"compromisos: {len(found):,}"
    yield f"metas: {sum(goal.parent is None for goal in goals):,} (con sus partes: {len(goals):,} filas)"
    yield f"contactos (datos privados): {sum(len(sheet.contacts) for sheet in sheets):,}"
    yield f"enmiendas: {sum(len(one.amendments) for one in found):,}"
    entries = [Entry(one.number, one.title_in_summary, tuple(line.value for line in one.summary)) for one in found]
    said = advice.advise_plan(sheets, contents=entries)
    months = period.period(view)
    if months is not None:
        said = [*(diagnostic for sheet in sheets for diagnostic in _advice(sheet, months)), *said]
    yield f"quedan como están en el documento, y conviene revisar: {len(said):,}"
    for diagnostic in said:
        if diagnostic.severity is advice.Severity.ERROR:
            yield f"  {diagnostic.rule} {diagnostic.place}: {advice.RULES[diagnostic.rule].message % diagnostic.values}"
    others = Counter(diagnostic.rule for diagnostic in said if diagnostic.severity is not advice.Severity.ERROR)
    yield "  otros avisos: " + ", ".join(f"{rule} ({n})" for rule, n in sorted(others.items()))


def _advice(sheet: Sheet, months: Period) -> list[Diagnostic]:
    return advice.advise(sheet, phase=advice.Phase.DRAFT, period=months)


def write_report(path: Path, found: Survey) -> None:
    """Every row that was left out, as CSV."""
    body = ((one.line, one.column, one.value, one.why) for one in found.left)
    path.write_bytes(b"".join(tables.rows(("line", "column", "value", "why"), body)))
