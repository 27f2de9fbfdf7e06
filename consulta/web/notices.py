"""A notice (*Guardado*) is shown on the next page that somebody sees, or never: on a later one it would be false."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.globals import request_ctx
from flask.sessions import SessionMixin

FLASHES = "_flashes"


def init_app(app: Flask) -> None:
    """Drop what the page that was just shown did not show."""

    @app.after_request
    def drop(response: Response) -> Response:
        shown = response.mimetype == "text/html" and not 300 <= response.status_code < 400 and request.method != "HEAD"
        session: SessionMixin = request_ctx.session
        if shown and dict.__contains__(session, FLASHES):  # asked so, reading leaves no trace
            session.pop(FLASHES)
        return response
