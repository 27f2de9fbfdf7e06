"""Imports in the browser: a file, what is in it, which column is what, the report; and taking one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import tables as document_tables
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.files import tables
from consulta.domain.files.tables import TableFile
from consulta.domain.intake import columns as intake_columns
from consulta.domain.intake import undo, uploads
from consulta.domain.intake.preview import LISTED
from consulta.forms.fields import LINE, Typed
from consulta.models.consultations import ConsultationKind
from consulta.models.contributions import Channel
from consulta.web import answers, db, guards, table_files
from consulta.web.auth import allow, coordinates, takes_files
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("imports", __name__, url_prefix="/gestion")
CHANNELS = (Channel.PAPER, Channel.FORUM, Channel.IMPORT)
SHOWN, MAX_WORDS = 50, 40


@bp.get("/<slug>/importar")
@allow(coordinates)
def listing(slug: str) -> Response:
    """The imports there were, and the form for another."""
    return _page(_open(slug), {}, 200)


@bp.post("/<slug>/importar")
@allow(coordinates)
@takes_files(uploads.MAX_BYTES + 500_000)
def upload(slug: str) -> Response | BaseResponse:
    """Keep a file to be looked at."""
    consultation, typed = _open(slug), Typed(request.form)
    channel = typed.one_of("channel", [c.value for c in CHANNELS]) or Channel.IMPORT.value
    options = {"channel": channel, "mapping": {}, "source": typed.text("source", limit=80)}
    try:
        given = table_files.sent("file", typed)
        _check_readable(given)
        id_ = uploads.keep(
            db.session(), consultation, given.data, given.name, options=options, by=guards.by(consultation), now=now()
        )
    except Invalid as error:
        refusal = answers.refused(error, field="file")
        return _page(consultation, refusal.errors, refusal.status)
    return redirect(url_for(".one", slug=slug, import_id=id_), 303)


@bp.get("/<slug>/importar/<int(max=2147483647):import_id>")
@allow(coordinates)
def one(slug: str, import_id: int) -> Response:
    """What the file holds, which column is what, and what would be taken; or what became of it."""
    return _one_page(_open(slug), import_id, {}, 200)


@bp.post("/<slug>/importar/<int(max=2147483647):import_id>")
@allow(coordinates)
def act(slug: str, import_id: int) -> Response | BaseResponse:
    """Choose the columns anew, approve, throw away, or take back."""
    consultation, typed = _open(slug), Typed(request.form)
    _found(consultation, import_id)
    wanted = typed.one_of("act", ("choose", "approve", "discard", "back"), missing=gettext("Elija qué hacer."))
    try:
        if wanted == "choose":
            options = _chosen(typed, _found(consultation, import_id).options)
            uploads.choose(db.session(), import_id, options)
        elif wanted == "approve":
            uploads.approve(
                db.session(),
                consultation,
                import_id,
                seen=typed.text("seen", limit=16),
                by=guards.by(consultation),
                now=now(),
            )
            flash(
                gettext("Aprobada: el programa la toma en unos segundos. Vuelva a cargar esta página para ver cómo va.")
            )
        elif wanted == "discard":
            uploads.discard(db.session(), import_id)
            flash(gettext("El archivo se descartó: no queda nada de él."))
        elif wanted == "back":
            undo.take_back(
                db.session(),
                consultation,
                import_id,
                reason=typed.text("reason", limit=500),
                by=guards.by(consultation),
                now=now(),
            )
            flash(gettext("Importación anulada: sus aportes se retiran en unos segundos."))
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error)
        return _one_page(consultation, import_id, refusal.errors, refusal.status)
    return redirect(url_for(".one", slug=slug, import_id=import_id), 303)


@bp.get("/<slug>/importar/<int(max=2147483647):import_id>/informe.csv")
@allow(coordinates)
def report(slug: str, import_id: int) -> Response:
    """Every row that would not be taken, or was not, and why."""
    consultation = _open(slug)
    left = uploads.left(db.session(), consultation, import_id, now=now())
    body = document_tables.rows(("line", "column", "value", "why"), iter(left))
    return answers.download(body, consultation, f"importacion-{import_id}")


def _check_readable(given: TableFile) -> None:
    """``Invalid`` for what is no table at all; what only needs to be told, such as its encoding, is asked later."""
    try:
        tables.open_table(given)
    except Invalid as error:
        if error.field == "file":
            raise


def _chosen(typed: Typed, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of a file: columns, dates, separator, encoding, and what its words mean."""
    values = {name: dict(words) for name, words in (before.get("values") or {}).items()}
    for name in ("theme", *LISTED):
        for n in range(MAX_WORDS):
            word, means = typed.data.get(f"word-{name}-{n}"), typed.text(f"means-{name}-{n}", limit=LINE)
            if word and means:
                values.setdefault(name, {})[word] = means
    return {
        "mapping": {name: typed.data[name] for name in intake_columns.FIELDS if typed.data.get(name)},
        "date_format": typed.text("date_format", limit=40),
        "channel": typed.one_of("channel", [c.value for c in CHANNELS]) or Channel.IMPORT.value,
        "source": typed.text("source", limit=80),
        "delimiter": typed.one_of("delimiter", tables.SEPARATORS),
        "encoding": typed.one_of("encoding", (tables.WINDOWS,)),
        "hidden": typed.one_of("hidden", table_files.HIDDEN),
        "alike": typed.one_of("alike", table_files.HIDDEN),
        "values": values,
    }


def _separators() -> list[tuple[str, str]]:
    words = (gettext("Coma (,)"), gettext("Punto y coma (;)"), gettext("Tabulador"), gettext("Barra (|)"))
    return list(zip(tables.SEPARATORS, words, strict=True))


def _open(slug: str) -> ConsultationView:
    consultation = guards.coordinated(slug)
    if consultation.kind is ConsultationKind.RECORD:
        raise NotFound("Un registro histórico no recibe importaciones.")
    return consultation


def _found(consultation: ConsultationView, import_id: int) -> uploads.UploadView:
    found = uploads.listing(db.session(), consultation, import_id=import_id)
    if not found:
        raise NotFound("No hay una importación con ese número.")
    return found[0]


def _page(consultation: ConsultationView, errors: dict[str, str], status: int) -> Response:
    return answers.private(
        "intake/uploads/listing.html",
        status,
        consultation=consultation,
        errors=errors,
        imports=uploads.listing(db.session(), consultation),
    )


def _one_page(consultation: ConsultationView, import_id: int, errors: dict[str, str], status: int) -> Response:
    found, survey, problems, columns = _found(consultation, import_id), None, {}, []
    if found.state == "checking":
        try:
            columns = uploads.columns(db.session(), import_id)
            survey = uploads.survey(db.session(), consultation, import_id, now=now())
        except Invalid as error:
            problems = {error.field: gettext(error.message, **error.values)}
    chosen: dict[str, str] = dict(found.options.get("mapping") or {})
    left = [(r.line, r.column, r.value, r.why) for r in survey.left] if survey else (found.report or {}).get("left", [])
    response = answers.private(
        "intake/uploads/one.html",
        status,
        consultation=consultation,
        one=found,
        survey=survey,
        problems=problems,
        values={name: value or "" for name, value in found.options.items()},
        left=left,
        columns=columns,
        fields=intake_columns.FIELDS,
        shown=SHOWN,
        words=MAX_WORDS,
        errors=errors,
        chosen=survey.chosen if survey else chosen,
        separators=_separators(),
        taken=undo.taken(db.session(), import_id) if found.state == "waiting" else 0,
    )
    if found.state == "waiting":
        response.headers["Refresh"] = "4"  # how far it is, by itself, without a script
    return response
