"""Following a contribution by its code, and the author's rights. The code travels in the body of a POST only."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain import codes
from consulta.domain.authors import rights, tracking
from consulta.domain.authors.tracking import Followed
from consulta.domain.errors import Conflict, DomainError, Invalid, NotFound
from consulta.domain.forums import registrations
from consulta.domain.forums.registrations import Registered
from consulta.domain.papers import stubs
from consulta.domain.proposals import drafting, sending
from consulta.domain.texts import showable
from consulta.forms.fields import Typed
from consulta.models.contributions import Kind
from consulta.web import answers, db, held_drafts, kept_codes
from consulta.web.answers import respond_privately
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.words.i18n import gettext

bp = Blueprint("tracking", __name__)
ACTS: dict[str, tuple[Callable[..., None], str]] = {
    "withdraw": (rights.withdraw, "Su aporte fue retirado: ya no se ve en ninguna página."),
    "remove-name": (rights.remove_name, "Su nombre fue borrado."),
    "erase-email": (rights.erase_email, "Su correo fue borrado. Ya no recibirá avisos."),
    "erase": (
        rights.ask_erasure,
        "Su aporte ya no se ve. Todo se borrará dentro de 72 horas; hasta entonces puede cancelarlo aquí.",
    ),
    "take-back": (rights.take_back_erasure, "El borrado se canceló: su aporte está como antes."),
}


@bp.get("/seguimiento")
@allow(anyone)
def ask() -> Response:
    """Where the code is typed, or filled in from the part of a link that never reaches a server."""
    return _asking("", None, 200)


@bp.post("/seguimiento")
@allow(anyone)
def follow() -> Response | BaseResponse:
    """Show what became of it; with ``act``, first ask whether it is meant, then do it."""
    typed = showable(request.form.get("folio", ""), 100)
    folio = codes.read_folio(typed)
    try:
        if folio is None:
            raise NotFound(
                "El código tiene 16 letras y números, en cuatro grupos de cuatro. Revíselo en su comprobante."
            )
        registered = registrations.registered(db.session(), folio)
        if registered is not None:
            return _registered(registered)
        stub = stubs.follow(db.session(), folio)
        if stub is not None:
            page = render_template("papers/stub.html", stub=stub, consultation=stub.consultation)
            return respond_privately(make_response(page))
        draft = drafting.by_code(db.session(), folio)
        if draft is not None:
            held_drafts.hold(draft.key, folio)
            if draft.open:
                return redirect(url_for("proposal_drafts.tasks", slug=draft.slug, key=draft.key), 303)
        followed = tracking.follow(db.session(), folio)
    except NotFound as error:
        return _refused(typed, error)
    act = request.form.get("act", "")
    if act == "confirm":
        return _shown(folio, *_done(lambda: _confirm(folio), gettext("Gracias: su correo quedó confirmado.")))
    if act in ACTS and "sure" not in request.form and act != "take-back":
        return _sure(followed, act)
    if act == "withdraw" and followed.kind is Kind.PROPOSAL:
        return _proposal_withdrawn(followed)
    if act in ACTS:
        verb, message = ACTS[act]
        return _shown(folio, *_done(lambda: verb(db.session(), folio, now=now()), gettext(message)))
    return _shown(folio, "", 200)


def _registered(one: Registered) -> Response:
    """The code is that of a registration for a forum."""
    page = render_template("forums/registrations/followed.html", one=one, consultation=one.consultation, now=now())
    return respond_privately(make_response(page))


def _confirm(folio: str) -> None:
    typed = showable(request.form.get("confirmation", ""), 40)
    rights.confirm(db.session(), folio, typed=typed, secret=settings().secret_key, now=now())


def _sure(followed: Followed, act: str, note: str = "", error: str = "") -> Response:
    """Whether it is meant; what a proposal is withdrawn for is asked there too."""
    page = render_template(
        "authors/sure.html",
        followed=followed,
        consultation=followed.consultation,
        act=act,
        values={"note": note},
        errors={"note": error} if error else {},
    )
    return respond_privately(make_response(page, 422 if error else 200))


def _proposal_withdrawn(followed: Followed) -> Response:
    note = Typed(request.form).text("note", limit=5_000)
    try:
        sending.withdraw(db.session(), followed.number, followed.consultation, note, now=now())
    except Invalid as error:
        return _sure(followed, "withdraw", note, _said(error))
    except Conflict as error:
        refusal = answers.refused(error)
        return _shown(followed.folio, refusal.message, refusal.status)
    return _shown(followed.folio, gettext("La propuesta quedó retirada."), 200)


def _done(act: Callable[[], None], message: str) -> tuple[str, int]:
    """Do it; what the page says then, with which status. A refusal undoes everything."""
    try:
        act()
    except (Conflict, NotFound) as error:
        refusal = answers.refused(error)
        return refusal.message, 422 if isinstance(error, NotFound) else refusal.status
    return message, 200


def _shown(folio: str, message: str, status: int) -> Response:
    db.session().flush()
    followed = tracking.follow(db.session(), folio)
    page = render_template(
        "authors/followed.html",
        followed=followed,
        consultation=followed.consultation,
        message=message,
        refused=status >= 400,
        confirmation=showable(request.form.get("confirmation", ""), 40),
    )
    return respond_privately(make_response(page, status))


def _refused(typed: str, error: NotFound) -> Response:
    """An unknown code."""
    slow = kept_codes.count_refused()
    if slow is not None:
        return _asking(typed, _said(slow), 429, wait=kept_codes.seconds_until(slow))
    return _asking(typed, _said(error), 404)


def _asking(typed: str, error: str | None, status: int, *, wait: int | None = None) -> Response:
    response = make_response(render_template("authors/ask.html", typed=typed, error=error), status)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return respond_privately(response)


def _said(error: DomainError) -> str:
    return gettext(error.message, **error.values)
