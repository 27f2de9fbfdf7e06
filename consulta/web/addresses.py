"""Addresses as people copy them: with the full stop of the sentence, a slash too many, or a capital."""

from __future__ import annotations

from flask import Request, current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

CLINGS = "/.,;:!?)]}>»”’\"'"


def without_what_clings(request: Request) -> str | None:
    """The path of a page that was meant, with its query; ``None`` if there is no such page, or it is this one."""
    path = request.path.rstrip(CLINGS).lower()
    if request.method not in ("GET", "HEAD") or path in ("", request.path):
        return None
    adapter = current_app.url_map.bind("")
    try:
        adapter.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    query = request.query_string.decode("ascii", "replace")
    return f"{request.script_root}{path}{'?' + query if query else ''}"
