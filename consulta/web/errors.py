"""The one table from refusals to status and page. What the person typed goes along, so that nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from consulta.database import transactions
from consulta.database.transactions import InDoubt
from consulta.domain.errors import Closed, Conflict, DomainError, Invalid, Malformed, NotAllowed, NotFound, TooMany
from consulta.domain.texts import showable
from consulta.words.i18n import gettext

from . import addresses, auth, db, held_drafts, kept
from .context import now, settings

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Malformed: 400,
    Closed: 410,
    Conflict: 409,
    TooMany: 429,
}
TITLES = {
    400: "No entendimos lo que pidió",
    403: "Esta página no es para esta cuenta",
    404: "Aquí no hay nada",
    405: "Eso no se puede hacer así",
    409: "Alguien llegó antes",
    410: "El plazo no está abierto",
    413: "Es demasiado grande",
    422: "Hay algo por corregir",
    429: "Espere un momento",
    503: "Ahora no se pudo",
    500: "Algo falló de nuestro lado",
}
WRONG = "El correo o la contraseña no coinciden. Revíselos e inténtelo de nuevo."
log = structlog.get_logger()


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(InDoubt, _in_doubt)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, message: str, *, valid: tuple[str, ...] = (), title: str = "", folio: str = "") -> Response:
    """An ordinary page with a status that tells the truth. What was sent is on it, with one button that sends it: after
    signing in, if the session ended; with the code, if this browser lost it. ``folio``: a code to find out with."""
    if status >= 500:
        auth.ask_nobody()  # who is signed in stands in the database, which may be what failed
    again = kept.is_form() and status not in (405, 413)
    sign_in = again and status in (400, 403) and auth.needs_an_account() and _is_nobody(status)
    response = make_response(
        render_template(
            "errors/error.html",
            status=status,
            title=gettext("Entre otra vez") if sign_in else title or gettext(TITLES.get(status, TITLES[500])),
            folio=folio,
            message=showable(message),
            valid=valid,
            again=again,
            fields=kept.fields() if again else [],
            files=kept.files() if again else [],
            gone=kept.gone(),
            sign_in=sign_in,
            code=again and status in (400, 404) and held_drafts.needs_code(),
            ENTER=auth.ENTER,
        ),
        status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_nobody(status: int) -> bool:
    return status == 403 or auth.person() is None


def status_of(error: DomainError) -> int:
    """The status of a refusal."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def in_words(error: DomainError) -> str:
    """A refusal in the language of the page."""
    return gettext(error.message, **error.values)


def _domain(error: DomainError) -> Response:
    if isinstance(error, NotFound) and (better := addresses.without_what_clings(request)):
        return make_response(redirect(better, 301))
    if isinstance(error, TooMany):
        return _slow(error)
    return page(status_of(error), in_words(error), valid=error.valid if isinstance(error, Malformed) else ())


def _slow(error: TooMany) -> Response:
    """A minute more than the hour that is said: whoever comes at that minute is not sent away once more."""
    until = error.until + timedelta(minutes=1)
    at = until.astimezone(ZoneInfo(settings().timezone))
    said = gettext("Puede intentarlo otra vez a partir de las %(time)s.", time=at.strftime("%H:%M"))
    response = page(429, f"{in_words(error)} {said}")
    response.headers["Retry-After"] = str(max(1, int((error.until - now()).total_seconds()) + 1))
    return response


def _session_ended() -> str:
    return gettext("Su sesión terminó. Nada se perdió: entre, y lo que escribió se envía.")


def _csrf(_error: CSRFError) -> Response:
    if auth.needs_an_account() and auth.person() is None:
        return page(400, _session_ended())
    message = gettext(
        "Por seguridad, confirme el envío: su texto sigue aquí. Si este aviso vuelve a salir, su navegador no guarda "
        "cookies; actívelas para este sitio y envíe de nuevo."
    )
    return page(400, message)


def _integrity(error: IntegrityError) -> Response:
    log.warning("integrity", constraint=type(error.orig).__name__)
    transactions.undo(db.session())  # nothing more can be asked of it, and the page asks who is signed in
    return page(409, gettext("Otra persona hizo lo mismo en este instante. Revise cómo quedó y vuelva a intentarlo."))


def _database(error: DBAPIError | PoolTimeout) -> Response:
    log.error("database", kind=type(getattr(error, "orig", error)).__name__)
    g.database_failed = True
    return page(503, gettext("No se guardó nada. Lo que escribió está abajo: espere un minuto y envíelo de nuevo."))


def _in_doubt(error: InDoubt) -> Response:
    """Neither that it was kept nor that it was not is known; the code, or the same form once more, finds out."""
    log.error("in doubt", kind=type(error.orig).__name__, endpoint=request.endpoint)
    g.database_failed = True
    title, folio = gettext("No sabemos si se guardó"), g.get("folio_in_doubt")
    if not folio:
        found_out = gettext(
            "La conexión se cortó justo al guardar. Vuelva a abrir la página en un minuto y mire si está. "
            "Lo que escribió está abajo; si no se guardó, envíelo otra vez."
        )
        return page(503, found_out, title=title)
    found_out = gettext(
        "La conexión se cortó justo al guardar. Compruébelo en un minuto con su código. También puede enviarlo otra "
        "vez desde aquí: si ya se había guardado, no queda dos veces."
    )
    return page(503, found_out, title=title, folio=folio)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, RequestEntityTooLarge):
        return page(413, gettext("Lo que envió es demasiado grande. Vuelva atrás, acórtelo y envíe de nuevo."))
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    if status == 404 and (better := addresses.without_what_clings(request)):
        return make_response(redirect(better, 301))
    words = {
        403: gettext("Es de otro cargo o de otra consulta. En «Hoy» está lo que le toca a usted."),
        404: gettext("La dirección está mal escrita o lo que buscaba ya no está."),
        405: gettext("Vuelva a la página anterior y use sus botones."),
    }
    if status == 403 and request.method == "POST" and auth.person() is None:
        words[403] = _session_ended()
    response = page(status, words.get(status, gettext("Vuelva a la página anterior e inténtelo de nuevo.")))
    if status == 405 and error.response is None and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected", kind=type(error).__name__, endpoint=request.endpoint)
    return page(500, gettext("No se guardó nada. Lo que escribió está abajo: inténtelo más tarde."))
