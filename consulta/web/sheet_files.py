"""Sheets as files: JSON with its published schema, DOCX, PDF/UA-1, in any generation of OGP's template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, current_app, jsonify, request, url_for

from consulta.documents import sheet_content, sheets
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed
from consulta.domain.sheets import as_json
from consulta.domain.sheets.sheet import Amendment, Generation, Sheet, public
from consulta.models.consultations import ConsultationKind
from consulta.words.i18n import gettext, localized

from .context import settings

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
Row = tuple[int | None, Sheet, tuple[Amendment, ...]]


def generation_asked(own: Generation) -> Generation:
    """The generation of the query (``plantilla``), else the consultation's own."""
    asked = request.args.get("plantilla", own.value)
    if asked not in list(Generation):
        raise Malformed("No hay una plantilla «%(value)s».", value=asked[:20], valid=tuple(Generation))
    return Generation(asked)


def document(
    consultation: ConsultationView,
    rows: Sequence[Row],
    addresses: Sequence[str],
    form: str,
    generation: Generation,
    *,
    heading: str,
    name: str,
) -> Response:
    """Some sheets as a file, without addresses and telephones. ``heading``: the line above a title, ``%s`` its number;
    ``addresses``: where each stands."""
    shown = [(n, public(sheet), as_json.public_amendments(changes)) for n, sheet, changes in rows]
    where = [settings().base_url + address for address in addresses]
    if form == "json":
        return _json(shown, where, generation, many=name == "plan" or len(rows) != 1)
    demo = consultation.kind is ConsultationKind.DEMONSTRATION
    made = [
        sheet_content.Page(
            sheet=sheet,
            generation=generation,
            number=n,
            heading=heading % n if "%s" in heading else heading,
            address=address,
            source=localized(consultation.title),
            amendments=changes,
            demo=gettext("Datos de demostración") if demo else "",
        )
        for (n, sheet, changes), address in zip(shown, where, strict=True)
    ]
    write = sheets.docx if form == "docx" else sheets.pdf
    return attached(consultation, write(made, title=localized(consultation.title)), form, name)


def attached(consultation: ConsultationView, content: bytes, form: str, name: str) -> Response:
    """A document as an attachment; the demonstration's says in its name what it is."""
    response = current_app.response_class(content, mimetype=TYPES[form])
    mark = "-datos-de-demostracion" if consultation.kind is ConsultationKind.DEMONSTRATION else ""
    response.headers["Content-Disposition"] = f'attachment; filename="{consultation.slug}-{name}{mark}.{form}"'
    return response


def proposals(
    consultation: ConsultationView, rows: Sequence[tuple[int, Sheet]], form: str, generation: Generation
) -> Response:
    """Published proposals as one document with its contents."""
    found: list[Row] = [(number, sheet, ()) for number, sheet in rows]
    addresses = [url_for("proposals.one", slug=consultation.slug, number=number) for number, _sheet in rows]
    heading = gettext("Propuesta %(n)s", n="%s")
    return document(consultation, found, addresses, form, generation, heading=heading, name="propuestas")


def _json(rows: Sequence[Row], where: Sequence[str], generation: Generation, *, many: bool) -> Response:
    found: list[dict[str, Any]] = [
        {
            "address": address,
            "sheet": as_json.to_json(sheet, generation),
            "amendments": [asdict(change) for change in changes],
        }
        for (_n, sheet, changes), address in zip(rows, where, strict=True)
    ]
    response = jsonify(found if many else found[0])
    response.headers["Link"] = f'<{url_for("plans.schema")}>; rel="describedby"'
    return response
