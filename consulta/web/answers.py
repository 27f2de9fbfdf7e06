"""Answers that are more than a template: private pages, files."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, current_app, make_response, render_template

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.consultations import ConsultationKind


def respond_privately(response: Response) -> Response:
    """For pages with something personal: kept nowhere, and no address passed on."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def private(template: str, status: int = 200, **values: object) -> Response:
    """A page of the team: kept nowhere."""
    return respond_privately(make_response(render_template(template, **values), status))


def download(body: Iterator[bytes], consultation: ConsultationView, name: str) -> Response:
    """A CSV file, streamed; the demonstration's says in its name what it is."""
    demo = "-datos-de-demostracion" if consultation.kind is ConsultationKind.DEMONSTRATION else ""
    response = current_app.response_class(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{consultation.slug}-{name}{demo}.csv"'
    return response
