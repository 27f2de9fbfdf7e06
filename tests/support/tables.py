"""Tables as people hand them in."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from openpyxl import Workbook


def workbook(*rows: tuple[object, ...], merged: str = "", hidden: Sequence[int] = ()) -> bytes:
    """An XLSX file with these rows."""
    book, out = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    for at in hidden:
        sheet.row_dimensions[at].hidden = True
    book.save(out)
    return out.getvalue()


def opendocument(*rows: Sequence[str], formula: str = "", hidden: Sequence[int] = ()) -> bytes:
    """An ODS file with these rows of text; ``formula``: in a cell of its own at the end."""
    office, table, text = (f"urn:oasis:names:tc:opendocument:xmlns:{part}:1.0" for part in ("office", "table", "text"))
    lines = []
    for at, row in enumerate(rows, start=1):
        cells = "".join(
            '<table:table-cell office:value-type="string">'
            + "".join(f"<text:p>{_spaced(line)}</text:p>" for line in cell.split("\n"))
            + "</table:table-cell>"
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        more = ' table:visibility="collapse"' if at in hidden else ""
        lines.append(f"<table:table-row{more}>{cells}</table:table-row>")
    if formula:
        lines.append(f'<table:table-row><table:table-cell table:formula="{escape(formula)}"/></table:table-row>')
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{office}" xmlns:table="{table}" '
        f'xmlns:text="{text}" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="Hoja1">'
        f"{''.join(lines)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        book.writestr("content.xml", content)
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        book.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return packed.getvalue()


def _spaced(line: str) -> str:
    """Text of a cell: more than one space, and tabs, are elements of their own in ODS."""
    marked = escape(line).replace("\t", "<text:tab/>")
    while "  " in marked:
        marked = marked.replace("  ", ' <text:s text:c="1"/>', 1)
    return marked


def plain(*rows: Sequence[str], delimiter: str = ",", end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """A CSV file with these rows."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)
