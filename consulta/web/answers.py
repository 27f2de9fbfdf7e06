"""Answers that are more than a template: private pages, files, a form again with why it was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, current_app, make_response, render_template

from consulta.database import patience, transactions
from consulta.documents.xml_text import cleaned
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import DomainError
from consulta.models.consultations import ConsultationKind

from . import db, errors


@dataclass(frozen=True)
class Refusal:
    """Why an act was refused, for the form that is shown again: ``errors`` by field, ``message`` alone, its status."""

    errors: dict[str, str]
    message: str
    status: int


def refused(error: DomainError, beside: str = "", *, field: str = "") -> Refusal:
    """Undo everything, and say why: beside the field that the error names, else ``beside`` another. ``field``: whatever
    the error names, for forms that have one field only, or call it otherwise."""
    transactions.undo(db.session())
    where = field or getattr(error, "field", "") or beside
    message = errors.in_words(error)
    return Refusal({where: message}, message, errors.status_of(error))


def respond_privately(response: Response) -> Response:
    """For pages with something personal: kept nowhere, and no address passed on to others. (With ``no-referrer`` our
    own forms would come from ``null``, as those of a hostile page do.)"""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def private(template: str, status: int = 200, **values: object) -> Response:
    """A page of the team: kept nowhere."""
    return respond_privately(make_response(render_template(template, **values), status))


def atom(template: str, **values: object) -> Response:
    """A feed; what was stored before texts were cleaned holds nothing that would make it unreadable."""
    page = cleaned(render_template(template, **values))
    return current_app.response_class(page, content_type="application/atom+xml; charset=utf-8")


def _patiently(body: Iterator[bytes]) -> Iterator[bytes]:
    """A stream is read when the request is over: a database that hangs then is given up, too."""
    patience.limit(patience.SECONDS)
    try:
        yield from body
    finally:
        patience.limit(None)


def download(body: Iterator[bytes], consultation: ConsultationView, name: str) -> Response:
    """A CSV file, streamed; the demonstration's says in its name what it is."""
    demo = "-datos-de-demostracion" if consultation.kind is ConsultationKind.DEMONSTRATION else ""
    response = current_app.response_class(_patiently(body), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{consultation.slug}-{name}{demo}.csv"'
    return response
