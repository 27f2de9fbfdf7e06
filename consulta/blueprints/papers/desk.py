"""What people said at a forum: printing sheets, entering them, accounting for each, closing the forum."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import papers, qr
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, Malformed
from consulta.domain.forums import turnout
from consulta.domain.forums.reading import ForumView
from consulta.domain.papers import batches as paper_batches
from consulta.domain.papers import from_file, reconciliation
from consulta.domain.papers import notes as paper_notes
from consulta.domain.papers.reconciliation import Batch
from consulta.forms.fields import LINE, Typed
from consulta.forms.papers import read_notes
from consulta.models.consultations import ConsultationKind
from consulta.models.papers import PaperState
from consulta.web import answers, db, guards, notices, printed, table_files
from consulta.web.auth import allow, coordinates, on_a_team
from consulta.web.context import now, settings
from consulta.words.i18n import day, gettext, language, localized

bp = Blueprint("papers", __name__, url_prefix="/gestion/<slug>/foros/<key>/hojas")
SETTLED = (PaperState.BLANK, PaperState.LOST, PaperState.OUT)


@bp.get("")
@allow(on_a_team)
def desk(slug: str, key: str) -> Response:
    """Every batch and what came of it."""
    return _desk(*guards.at_the_door(slug, key), {}, {}, 200)


@bp.post("/imprimir")
@allow(on_a_team)
def number(slug: str, key: str) -> Response | BaseResponse:
    """Number the next sheets of a table."""
    consultation, forum = guards.at_the_door(slug, key)
    typed = Typed(request.form)
    theme = consultation.theme(typed.one_of("theme", _themes(forum), missing=gettext("Elija el tema.")) or "")
    count = typed.whole("count", 1, paper_batches.MAX_SHEETS)
    if typed.errors or theme is None:
        return _desk(consultation, forum, typed.values(), typed.errors, 422)
    try:
        paper_batches.print_batch(
            db.session(),
            consultation,
            forum,
            theme,
            count,
            secret=settings().secret_key,
            by=guards.by(consultation),
            now=now(),
        )
    except Conflict as error:
        return _refused(consultation, forum, typed, "", error)
    flash(gettext("Las hojas quedaron numeradas. Descargue el PDF e imprímalas."))
    return redirect(url_for(".desk", slug=slug, key=key), 303)


@bp.get("/<int(max=2147483647):batch>.pdf")
@allow(on_a_team)
def sheets(slug: str, key: str, batch: int) -> Response:
    """The sheets of a batch, to print; they can be printed again."""
    consultation, forum = guards.at_the_door(slug, key)
    found = reconciliation.batch(db.session(), forum, batch)
    theme = consultation.theme_by_id(found.theme_id)
    base, secret = settings().base_url, settings().secret_key
    codes = [(n, paper_batches.code(secret, consultation, forum, n)) for n in range(found.first, found.last + 1)]
    manuscript = papers.sheets(
        forum=localized(forum.data.name),
        when=day(consultation.today(forum.data.starts_at)),
        theme=localized(theme.name) if theme else "",
        question=localized(theme.question) if theme else "",
        colour=theme.colour if theme else 0,
        language=language(),
        words=_words(base),
        sheets=[(n, code, qr.matrix(f"{base}/seguimiento#{code}")) for n, code in codes],
        demo=gettext("Datos de demostración") if consultation.kind is ConsultationKind.DEMONSTRATION else "",
    )
    return printed.answer_once(manuscript, f"hojas-{found.first}-{found.last}")


@bp.get("/ir")
@allow(on_a_team)
def go(slug: str, key: str) -> BaseResponse:
    """From the number that was typed to the sheet."""
    guards.at_the_door(slug, key)
    typed = request.args.get("hoja", "").strip()
    if not typed.isdecimal() or len(typed) > 9:
        raise Malformed("Escriba el número de la hoja, como está impreso arriba a la derecha.")
    return redirect(url_for(".form", slug=slug, key=key, sheet=int(typed)), 303)


@bp.get("/<int(max=2147483647):sheet>")
@allow(on_a_team)
def form(slug: str, key: str, sheet: int) -> Response:
    """One sheet, to enter its notes."""
    return _sheet(*guards.at_the_door(slug, key), sheet, {}, {}, 200)


@bp.post("/<int(max=2147483647):sheet>")
@allow(on_a_team)
def enter(slug: str, key: str, sheet: int) -> Response | BaseResponse:
    """Enter the notes of a sheet."""
    consultation, forum = guards.at_the_door(slug, key)
    typed = Typed(request.form)
    notes = read_notes(typed, consultation)
    if not notes:
        typed.wrong("body-1", gettext("Escriba al menos una nota, o anote la hoja como en blanco."))
    if typed.errors:
        return _sheet(consultation, forum, sheet, typed.values(), typed.errors, 422)
    try:
        paper_notes.enter(db.session(), consultation, forum, sheet, notes, by=guards.by(consultation), now=now())
    except (Conflict, Invalid) as error:
        refusal = answers.refused(error, field="body-1")
        return _sheet(consultation, forum, sheet, typed.values(), refusal.errors, refusal.status)
    flash(gettext("La hoja %(number)s quedó ingresada.", number=sheet))
    return redirect(url_for(".desk", slug=slug, key=key), 303)


@bp.post("/archivo")
@allow(on_a_team)
def upload(slug: str, key: str) -> Response | BaseResponse:
    """Enter many sheets from a table."""
    consultation, forum = guards.at_the_door(slug, key)
    typed = Typed(request.form)
    try:
        found = from_file.read(table_files.sent("file", typed), consultation)
        taken = from_file.take(db.session(), consultation, forum, found, by=guards.by(consultation), now=now())
    except (Conflict, Invalid) as error:
        return _refused(consultation, forum, typed, getattr(error, "field", "") or "file", error)
    flash(gettext("Notas ingresadas: %(n)s. Ya estaban: %(there)s.", n=taken.entered, there=taken.there))
    return redirect(url_for(".desk", slug=slug, key=key), 303)


@bp.post("/anotar")
@allow(on_a_team)
def settle(slug: str, key: str) -> Response | BaseResponse:
    """Sheets that came back blank, that are lost, or that turned up."""
    consultation, forum = guards.at_the_door(slug, key)
    typed = Typed(request.form)
    first = typed.whole("first", 1, 10**6)
    last = typed.whole("last", 1, 10**6) if typed.data.get("last") else first
    state = typed.one_of("state", [s.value for s in SETTLED], missing=gettext("Elija qué pasó con las hojas."))
    if typed.errors or state is None:
        return _desk(consultation, forum, typed.values(), typed.errors, 422)
    try:
        paper_notes.settle(
            db.session(),
            consultation,
            forum,
            first,
            last,
            PaperState(state),
            by=guards.by(consultation),
            now=now(),
        )
    except Invalid as error:
        return _refused(consultation, forum, typed, error.field, error)
    flash(gettext("Quedó anotado: hojas %(first)s a %(last)s.", first=first, last=last))
    return redirect(url_for(".desk", slug=slug, key=key), 303)


@bp.get("/cerrar")
@allow(on_a_team)
def closing(slug: str, key: str) -> Response:
    """The sums, before they are closed or opened again."""
    return _closing(*guards.at_the_door(slug, key), {}, {}, 200)


@bp.post("/cerrar")
@allow(on_a_team)
def close(slug: str, key: str) -> Response | BaseResponse:
    """Close the accounts of the forum."""
    consultation, forum = guards.at_the_door(slug, key)
    typed = Typed(request.form)
    explanation = typed.text("explanation", limit=500)
    try:
        reconciliation.close(db.session(), consultation, forum, explanation, by=guards.by(consultation), now=now())
    except (Conflict, Invalid) as error:
        refusal = answers.refused(error, field="explanation" if isinstance(error, Invalid) else "")
        return _closing(consultation, forum, typed.values(), refusal.errors, refusal.status)
    see = url_for("forums.one", slug=slug, key=key)
    notices.tell(gettext("El foro quedó cerrado: sus cuentas son públicas."), see=see)
    return redirect(url_for(".desk", slug=slug, key=key), 303)


@bp.post("/abrir")
@allow(coordinates)
def reopen(slug: str, key: str) -> Response | BaseResponse:
    """Open the accounts of a closed forum again."""
    consultation, forum = guards.changeable_forum(slug, key)
    typed = Typed(request.form)
    reason = typed.text("reason", limit=500)
    try:
        reconciliation.reopen(db.session(), consultation, forum, reason, by=guards.by(consultation), now=now())
    except (Conflict, Invalid) as error:
        refusal = answers.refused(error, field="reason" if isinstance(error, Invalid) else "")
        return _closing(consultation, forum, typed.values(), refusal.errors, refusal.status)
    flash(gettext("El foro está abierto otra vez: puede ingresar lo que falta."))
    return redirect(url_for(".desk", slug=slug, key=key), 303)


def _closing(
    consultation: ConsultationView, forum: ForumView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return answers.private(
        "papers/close.html",
        status,
        consultation=consultation,
        forum=forum,
        batches=reconciliation.reconcile(db.session(), forum),
        turnout=turnout.sheet(db.session(), consultation, forum),
        values=values,
        errors=errors,
        now=now(),
    )


def _themes(forum: ForumView) -> list[str]:
    return [table.theme for table in forum.tables]


def _words(base: str) -> dict[str, str]:
    return {
        "sheet": gettext("Hoja n.º"),
        "ask": gettext("Escriba aquí lo que piensa. Puede escribir usted o pedir ayuda."),
        "stub": gettext("Con este código puede ver qué pasó con lo que usted dijo."),
        "cut": gettext("Corte aquí"),
        "where": gettext("Escríbalo en %(address)s", address=f"{base.split('//', 1)[-1]}/seguimiento"),
        "care": gettext("No escriba nombres, documentos ni teléfonos de nadie."),
    }


def _refused(
    consultation: ConsultationView, forum: ForumView, typed: Typed, field: str, error: Conflict | Invalid
) -> Response:
    refusal = answers.refused(error, field=field)
    return _desk(consultation, forum, typed.values(), refusal.errors, refusal.status)


def _desk(
    consultation: ConsultationView, forum: ForumView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    batches: list[Batch] = reconciliation.reconcile(db.session(), forum)
    return answers.private(
        "papers/desk.html",
        status,
        consultation=consultation,
        forum=forum,
        batches=batches,
        values=values,
        errors=errors,
        themes=[(t, localized(found.name)) for t in _themes(forum) if (found := consultation.theme(t))],
    )


def _sheet(
    consultation: ConsultationView,
    forum: ForumView,
    number: int,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
) -> Response:
    sheet = paper_notes.one(db.session(), forum, number)
    return answers.private(
        "papers/sheet.html",
        status,
        consultation=consultation,
        forum=forum,
        values=values,
        errors=errors,
        sheet=sheet,
        said=paper_notes.said(db.session(), forum, paper_id=sheet.id),
        rows=paper_batches.MAX_NOTES,
        limit=LINE,
    )
