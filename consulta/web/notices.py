"""A notice (*Guardado*) is shown on the next page that somebody sees, or never: on a later one it would be false."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, flash, request
from flask.globals import request_ctx
from flask.sessions import SessionMixin

FLASHES = "_flashes"


def tell(text: str, *, see: str = "", undo: str = "", fields: Mapping[str, str] | None = None) -> None:
    """Say on the next page what was done. ``see``: where it is to be seen; ``undo``: where a form with these ``fields``
    takes it back."""
    flash({"text": text, "see": see, "undo": undo, "fields": dict(fields or {})})  # type: ignore[arg-type]


def init_app(app: Flask) -> None:
    """Drop what the page that was just shown did not show."""

    @app.after_request
    def drop(response: Response) -> Response:
        shown = response.mimetype == "text/html" and not 300 <= response.status_code < 400 and request.method != "HEAD"
        session: SessionMixin = request_ctx.session
        if shown and dict.__contains__(session, FLASHES):  # asked so, reading leaves no trace
            session.pop(FLASHES)
        return response
