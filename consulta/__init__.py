"""consulta: what anybody says here arrives, is not lost or changed in silence, and is answered with a reason."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from consulta.database.transactions import Database

from . import blueprints, cli
from .config import Settings, from_environment
from .domain.days import read_date
from .domain.texts import wordless
from .forms.fields import for_browser
from .forms.guides import GUIDES
from .web import (
    auth,
    db,
    errors,
    headers,
    held_drafts,
    hiding,
    kept,
    notices,
    origins,
    page_cache,
    printed,
    requests,
    signing_in,
    workplace,
)
from .web.form_tokens import FormTokens
from .words import i18n, labels, markup

STATIC = Path(__file__).parent / "static"
YEAR = 31_536_000


class Consulta(Flask):
    """Flask with one addition: the request's transaction ends before the answer leaves, or the answer is an error."""

    request_class = requests.Request

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, then commit (unsafe method below 400) or roll back; a failing commit is an error page."""
        response = self.make_response(super().dispatch_request())
        if not response.is_streamed:
            db.finish(response.status_code)
        return response


def create_app(settings: Settings | None = None, *, database: Database | None = None) -> Flask:
    """The application, from settings or from the environment; on a ``database`` that is open already, if any."""
    settings = settings or from_environment()
    app = Consulta(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=settings.cookie("session"),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=7 * 86_400,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=3_000_000,
        MAX_FORM_MEMORY_SIZE=3_000_000,
    )
    app.extensions["settings"] = settings
    database = database or Database(settings.database_url)
    database.after_hiding = lambda: hiding.note(settings)
    db.init_app(app, database)
    origins.init_app(app)
    auth.limit(app)
    auth.init_app(app, settings)
    FormTokens(app)
    auth.guard(app, signing_in.with_form)
    kept.init_app(app)
    held_drafts.init_app(app)
    notices.init_app(app)
    i18n.init_app(app, cookie=settings.cookie(i18n.COOKIE), secure=settings.secure)
    labels.init_app(app)
    headers.init_app(app, secure=settings.secure, subdomains=settings.hsts_subdomains)
    errors.init_app(app)
    page_cache.init_app(app, settings.page_cache)
    printed.init_app(app)
    workplace.init_app(app)
    blueprints.init_app(app)
    cli.init_app(app)
    _templates(app)
    _serve(app, settings)
    return app


def _templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(paragraphs=markup.paragraphs, markdown=markup.markdown)
    marks = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        for path in STATIC.iterdir()
        if path.is_file() and path.suffix != ".gz"
    }

    def static(name: str) -> str:
        return f"/static/{name}?v={marks[name]}"

    app.jinja_env.globals.update(
        wordless=wordless, once=_once, static=static, url_for=_address, part=_part, for_browser=for_browser
    )
    app.jinja_env.filters["typed_day"] = _typed_day


def _typed_day(value: str) -> str:
    """A day in words, if it was typed as one; else as it was typed."""
    found = read_date(value)
    return i18n.day(found, short=True) if found else value


def _part(name: str) -> str:
    """What a field of a proposal is called, in the language of the page."""
    return i18n.gettext(GUIDES[name].label)


def _once(name: str) -> bool:
    """Whether this is the first time that this page asks for something, such as a script."""
    asked: set[str] = g.setdefault("asked_once", set())
    first = name not in asked
    asked.add(name)
    return first


def _address(endpoint: str, **values: Any) -> str:
    """``url_for`` of the templates: a path is made once, for pages hold the same few dozen again and again."""
    return _path(current_app, request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=2000)
def _path(_app: Flask, _root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def _serve(app: Flask, settings: Settings) -> None:
    wsgi: Any = app.wsgi_app
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        wsgi = ProxyFix(wsgi, x_for=count, x_proto=count, x_host=0)

    always = headers.of_every_file(secure=settings.secure, subdomains=settings.hsts_subdomains)

    def security(response_headers: Any, _path: str, _url: str) -> None:
        for name, value in always.items():
            response_headers[name] = value

    how: dict[str, Any] = {"max_age": YEAR, "allow_all_origins": False, "add_headers_function": security}
    app.wsgi_app = WhiteNoise(wsgi, root=str(STATIC), prefix="static/", **how)  # type: ignore[method-assign]


__all__ = ["Settings", "create_app"]
