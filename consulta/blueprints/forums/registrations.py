"""Registering for a forum: a form for up to ten people, the codes, and what the holder of a code may do."""

from __future__ import annotations

from time import time

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import qr
from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import AlreadyReceived, Closed, Conflict, Invalid, NotFound
from consulta.domain.forums import reading as forums
from consulta.domain.forums import registrations, seats
from consulta.domain.forums.reading import ForumView
from consulta.domain.texts import showable
from consulta.forms.fields import Typed
from consulta.forms.registrations import people, read_group
from consulta.web import answers, db, form_keys, guards, kept_codes, limits
from consulta.web.answers import respond_privately
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.words.i18n import gettext, language

bp = Blueprint("registrations", __name__)
KEPT, KEPT_SECONDS = "registered", 24 * 3600
AN_HOUR = 120
"""Registrations from one connection: a cultural centre or a school has many people behind one."""


@bp.get("/consultas/<slug>/foros/<key>/inscripcion")
@allow(anyone)
def form(slug: str, key: str) -> Response:
    """The empty form, or when it opens."""
    consultation, forum = guards.forum(slug, key)
    if not forum.takes(now()):
        return _closed(consultation, forum, 200)
    wanted = request.args.get("personas", "1")
    values = {"people": wanted if wanted.isdecimal() and 1 <= int(wanted) <= registrations.MAX_PEOPLE else "1"}
    return _page(consultation, forum, values | {"submission": form_keys.new()}, {}, 200)


@bp.post("/consultas/<slug>/foros/<key>/inscripcion")
@allow(anyone)
def register(slug: str, key: str) -> Response | BaseResponse:
    """Register all of them; the answer is a redirect to their codes."""
    consultation, forum = guards.forum(slug, key)
    if not forum.takes(now()):
        return _closed(consultation, forum, 410)
    typed = Typed(request.form)
    brought = form_keys.sent()
    if "redraw" in request.form:
        return _page(consultation, forum, typed.values() | {"submission": brought.again}, {}, 200)
    group = read_group(typed, consultation, forum)
    if not brought.issued:
        said = gettext("Lo que escribió sigue aquí, pero la página había vencido. Revíselo y envíelo otra vez.")
        return _page(consultation, forum, typed.values() | {"submission": brought.again}, {"submission": said}, 422)
    if typed.errors:
        return _page(consultation, forum, typed.values(), typed.errors, 422)
    limits.many_from_here(AN_HOUR)
    form_keys.promise(codes.folio_of(brought.key))
    try:
        found = registrations.register(
            db.session(), consultation, key, group, submission=brought.key, language=language(), now=now()
        )
    except Invalid as error:
        refusal = answers.refused(error, "people")
        return _page(consultation, forum, typed.values(), refusal.errors, refusal.status)
    except Closed as error:
        answers.refused(error)
        return _closed(consultation, forums.one(db.session(), consultation, key), 410)
    except AlreadyReceived as error:
        answers.refused(error)
        try:
            found = registrations.repeated(db.session(), group, submission=brought.key)
        except Conflict as other:
            refusal = answers.refused(other, "people")
            return _page(consultation, forum, typed.values(), refusal.errors, refusal.status)
    session[KEPT] = [found, int(time())]
    return redirect(url_for(".receipt", slug=slug, key=key), 303)


@bp.get("/consultas/<slug>/foros/<key>/comprobante")
@allow(anyone)
def receipt(slug: str, key: str) -> Response:
    """The codes of this browser's last registration, for 24 hours."""
    consultation = guards.find(slug).view
    folios, at = session.get(KEPT, [[], 0])
    found = [registrations.registered(db.session(), folio) for folio in folios] if time() - at < KEPT_SECONDS else []
    mine = [one for one in found if one and one.consultation.id == consultation.id and one.forum.key == key]
    if not mine:
        raise NotFound(
            "Este navegador ya no guarda ninguna inscripción a este foro. Si anotó su código, úselo en «Seguir mi "
            "aporte»."
        )
    link = f"{settings().base_url}/seguimiento#"
    page = render_template(
        "forums/registrations/receipt.html",
        consultation=consultation,
        forum=mine[0].forum,
        people=[(one, qr.svg(link + one.folio)) for one in mine],
    )
    return respond_privately(make_response(page))


@bp.post("/consultas/<slug>/foros/<key>/comprobante")
@allow(anyone)
def forget(slug: str, key: str) -> BaseResponse:
    """The codes are written down: this browser forgets them."""
    session.pop(KEPT, None)
    return redirect(url_for("forums.one", slug=slug, key=key), 303)


@bp.post("/seguimiento/inscripcion")
@allow(anyone)
def act() -> Response | BaseResponse:
    """What the holder of a code does with the seat: another table, or give it back."""
    folio = codes.read_folio(showable(request.form.get("folio", ""), 100))
    one = registrations.registered(db.session(), folio) if folio else None
    if one is None or folio is None:
        slow = kept_codes.count_refused()
        if slow is not None:
            raise slow
        return redirect(url_for("tracking.ask"), 303)
    wanted = request.form.get("act", "")
    if wanted == "cancel" and "sure" not in request.form:
        return _followed(folio, "", 200, sure=True)
    said, status = gettext("Su lugar quedó cancelado. Gracias por avisar."), 200
    try:
        if wanted == "cancel":
            seats.cancel(db.session(), one.consultation, one.id, now=now())
        else:
            seats.move(db.session(), one.consultation, one.id, request.form.get("table", ""), now=now())
            said = gettext("Cambió de mesa.")
    except (Conflict, Invalid) as error:
        refusal = answers.refused(error)
        said, status = refusal.message, refusal.status
    return _followed(folio, said, status)


def _followed(folio: str, message: str, status: int, *, sure: bool = False) -> Response:
    one = registrations.registered(db.session(), folio)
    page = render_template(
        "forums/registrations/followed.html",
        one=one,
        consultation=one and one.consultation,
        message=message,
        now=now(),
        refused=status >= 400,
        sure=sure,
    )
    return respond_privately(make_response(page, status))


def _page(
    consultation: ConsultationView, forum: ForumView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    page = render_template(
        "forums/registrations/form.html",
        consultation=consultation,
        forum=forum,
        values=values,
        errors=errors,
        people=people(Typed(values)),
        limit=registrations.MAX_PEOPLE,
    )
    return make_response(page, status)


def _closed(consultation: ConsultationView, forum: ForumView, status: int) -> Response:
    page = render_template("forums/registrations/closed.html", consultation=consultation, forum=forum, now=now())
    return make_response(page, status)
