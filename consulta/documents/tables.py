"""CSV: UTF-8 with a byte-order mark, RFC 4180; what a spreadsheet would run as a formula is neutralised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from consulta.domain.files.formulas import guarded

BOM = "\ufeff"


def cell(value: object) -> object:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe in front."""
    return guarded(value) if isinstance(value, str) else value


def rows(header: Sequence[str], body: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The bytes of a table, in pieces of about 16 KB."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([cell(value) for value in header])
    for row in body:
        writer.writerow([cell(value) for value in row])
        if buffer.tell() > 16_000:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
