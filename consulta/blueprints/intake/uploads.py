"""Imports in the browser: a file, what is in it, which column is what, the report; and taking one back."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import tables as document_tables
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.files import tables
from consulta.domain.intake import columns as intake_columns
from consulta.domain.intake import undo, uploads
from consulta.forms.fields import Typed
from consulta.models.consultations import ConsultationKind
from consulta.models.contributions import Channel
from consulta.web import answers, db, guards
from consulta.web.auth import allow, coordinates, takes_files
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("imports", __name__, url_prefix="/gestion")
CHANNELS = (Channel.PAPER, Channel.FORUM, Channel.IMPORT)
SHOWN = 50


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
    consultation, given = _open(slug), request.files.get("file")
    typed = Typed(request.form)
    channel = typed.one_of("channel", [c.value for c in CHANNELS]) or Channel.IMPORT.value
    if given is None or not given.filename:
        return _page(consultation, {"file": gettext("Elija un archivo CSV.")}, 422)
    try:
        name = given.filename.replace("\\", "/").rsplit("/", 1)[-1][-120:]
        data = given.read()
        intake_columns.header(tables.TableFile(data, name))
        id_ = uploads.keep(
            db.session(),
            consultation,
            data,
            name,
            options={"channel": channel, "mapping": {}, "date_format": ""},
            by=guards.by(consultation),
            now=now(),
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
            mapping = {name: typed.data[name] for name in intake_columns.FIELDS if typed.data.get(name)}
            channel = typed.one_of("channel", [c.value for c in CHANNELS]) or Channel.IMPORT.value
            options = {"mapping": mapping, "date_format": typed.text("date_format", limit=40), "channel": channel}
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
        refusal = answers.refused(error, field="reason")
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
    found, survey, problem = _found(consultation, import_id), None, ""
    columns = uploads.columns(db.session(), import_id) if found.state == "checking" else []
    chosen: dict[str, str] = dict(found.options.get("mapping") or {})
    if columns:
        try:
            chosen = intake_columns.guessed(columns, tables.TableFile(b"", found.name, mapping=chosen))
            survey = uploads.survey(db.session(), consultation, import_id, now=now())
        except Invalid as error:
            problem = gettext(error.message, **error.values)
    left = [(r.line, r.column, r.value, r.why) for r in survey.left] if survey else (found.report or {}).get("left", [])
    return answers.private(
        "intake/uploads/one.html",
        status,
        consultation=consultation,
        one=found,
        survey=survey,
        problem=problem,
        left=left,
        columns=columns,
        fields=intake_columns.FIELDS,
        shown=SHOWN,
        errors=errors,
        chosen=chosen,
    )
