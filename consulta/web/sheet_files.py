"""Sheets as files: JSON with its published schema, DOCX, PDF/UA-1, in any generation of OGP's template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, current_app, jsonify, request, url_for

from consulta.documents import sheet_content, sheets
from consulta.documents.setting import Manuscript
from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.errors import Malformed
from consulta.domain.sheets import as_json, period
from consulta.domain.sheets.sheet import Amendment, Generation, Sheet, public
from consulta.models.consultations import ConsultationKind
from consulta.words.i18n import gettext, localized

from . import printed
from .context import settings

Row = tuple[int | None, Sheet, tuple[Amendment, ...]]
MANY = {"plan", "propuestas"}
"""Files of several sheets, even if there is but one."""


def generation_asked(own: Generation) -> Generation:
    """The generation of the query (``plantilla``), else the consultation's own."""
    asked = request.args.get("plantilla", own.value)
    if asked not in list(Generation):
        raise Malformed("No hay una plantilla «%(value)s».", value=asked[:20], valid=tuple(Generation))
    return Generation(asked)


def document(
    current: Current,
    find: Callable[[], Sequence[Row]],
    endpoint: str,
    form: str,
    *,
    heading: str,
    name: str,
) -> Response:
    """Some sheets as a file, without addresses and telephones, in the generation that was asked for. ``find`` reads
    them; ``endpoint``: the page of one of them; ``heading``: the line above a title, ``%s`` its number."""
    consultation = current.view
    generation = generation_asked(period.generation(consultation))
    if form == "json":
        rows = find()
        shown = [(n, public(sheet), as_json.public_amendments(changes)) for n, sheet, changes in rows]
        return _json(shown, _addresses(consultation, rows, endpoint), generation, many=name in MANY)

    def make() -> Manuscript:
        return manuscript(consultation, find(), endpoint, form, generation, heading=heading)

    called = file_name(consultation, name)
    return printed.of_state(current, f"sheets.{form}", make, called, asked=generation.value)


def manuscript(
    consultation: ConsultationView,
    rows: Sequence[Row],
    endpoint: str,
    form: str,
    generation: Generation,
    *,
    heading: str,
) -> Manuscript:
    """What a DOCX or PDF of some sheets is made from."""
    demo = consultation.kind is ConsultationKind.DEMONSTRATION
    pages = [
        sheet_content.Page(
            sheet=public(sheet),
            generation=generation,
            number=n,
            heading=heading % n if "%s" in heading else heading,
            address=address,
            source=localized(consultation.title),
            amendments=as_json.public_amendments(changes),
            demo=gettext("Datos de demostración") if demo else "",
        )
        for (n, sheet, changes), address in zip(rows, _addresses(consultation, rows, endpoint), strict=True)
    ]
    write = sheets.docx if form == "docx" else sheets.pdf
    return write(pages, title=localized(consultation.title))


def attached(consultation: ConsultationView, content: bytes, form: str, name: str) -> Response:
    """A document that the worker made, as an attachment."""
    response = current_app.response_class(content, mimetype=printed.TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(consultation, name)}.{form}"'
    return response


def file_name(consultation: ConsultationView, name: str) -> str:
    """What a file is called; the demonstration's says in its name what it is."""
    mark = "-datos-de-demostracion" if consultation.kind is ConsultationKind.DEMONSTRATION else ""
    return f"{consultation.slug}-{name}{mark}"


def proposals(
    consultation: ConsultationView, rows: Sequence[tuple[int, Sheet]], form: str, generation: Generation
) -> Manuscript:
    """What one document of published proposals, with its contents, is made from."""
    found: list[Row] = [(number, sheet, ()) for number, sheet in rows]
    return manuscript(
        consultation, found, "proposals.one", form, generation, heading=gettext("Propuesta %(n)s", n="%s")
    )


def _addresses(consultation: ConsultationView, rows: Sequence[Row], endpoint: str) -> list[str]:
    base, slug = settings().base_url, consultation.slug
    return [base + url_for(endpoint, slug=slug, number=number) for number, _sheet, _changes in rows]


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
