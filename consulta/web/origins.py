"""Requests that come from elsewhere: under a name that is not ours, or from a form of another site.

Neither may change a cookie, end a session or put words into our pages: what another site can make a browser send tells
nothing of what the person wants.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from consulta.config import Settings
from consulta.words.i18n import gettext

from .context import settings

SAFE = ("GET", "HEAD", "OPTIONS")
ANY_NAME = ("health.health", "static")
"""What machines ask by whatever name they reach us."""
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|\[::1\]")
_PORTS = {"http": "80", "https": "443"}


def init_app(app: Flask) -> None:
    """Refuse them before anything of theirs is read. Registered first, so that what it undoes is done by then."""

    @app.before_request
    def refuse() -> Response | None:
        if request.endpoint not in ANY_NAME and not is_ours(request.host, settings()):
            message = gettext("Este sitio no se llama así. Quien lo cuida pone su dirección en CONSULTA_BASE_URL.")
            return _page(400, gettext("Dirección equivocada"), message, settings().base_url + "/")
        signed = hasattr(current_app.view_functions.get(request.endpoint or ""), "signature")
        if request.method not in SAFE and not signed and _from_another_site():
            message = gettext("Otro sitio envió esto en su nombre. No se hizo nada: si usted lo quiere, hágalo aquí.")
            return _page(403, gettext("Abra el formulario aquí"), message, _here())
        return None

    @app.after_request
    def leave_cookies(response: Response) -> Response:
        if g.get("from_elsewhere"):
            response.headers.remove("Set-Cookie")
        return response


def is_ours(host: str, ours: Settings) -> bool:
    """Whether a ``Host`` is that of the public address, or this machine's own."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    if _LOOPBACK.fullmatch(found["name"].lower()):
        return True
    public = urlsplit(ours.base_url)
    port = str(public.port or _PORTS[public.scheme])
    return found["name"].lower().rstrip(".") == (public.hostname or "") and found["port"] in (None, port)


def _from_another_site() -> bool:
    """As the browser says. A missing cookie, or an ``Origin`` that is ``null``, alone says nothing."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("cross-site", "same-site")
    return origin not in (None, "null") and not is_ours(origin.partition("://")[2], settings())


def _here() -> str:
    """The page with the form, if it has the address to which the form was sent; else the first one."""
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return "/"
    return request.path


def _page(status: int, title: str, message: str, link: str) -> Response:
    g.from_elsewhere = True
    page = render_template("errors/elsewhere.html", title=title, message=message, link=link)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
