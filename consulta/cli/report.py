"""The report of an import: what was taken, what was there, what was left out and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from consulta.documents import tables
from consulta.domain.surveys import Survey

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
    yield f"no tomadas: {len(found.left):,}"
    for one in found.left[:SHOWN]:
        yield f"  línea {one.line}, columna «{one.column}», valor «{one.value[:60]}»: {one.why}"
    if len(found.left) > SHOWN:
        yield f"  … y {len(found.left) - SHOWN:,} más (todas con --report)"
    if found.dropped_columns:
        yield f"columnas con datos de personas, no leídas: {', '.join(found.dropped_columns)}"


def write_report(path: Path, found: Survey) -> None:
    """Every row that was left out, as CSV."""
    body = ((one.line, one.column, one.value, one.why) for one in found.left)
    path.write_bytes(b"".join(tables.rows(("line", "column", "value", "why"), body)))
