"""Documents that the press sets: served as files that are kept, each by the hash of what stands in it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from flask import Flask, Response, current_app, make_response, render_template, request, send_file
from structlog import get_logger

from consulta.documents.press import SOON_SECONDS, Busy, Press
from consulta.documents.setting import Manuscript
from consulta.domain.consultations.snapshots import Current
from consulta.words.i18n import language

from . import auth, db
from .context import now

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "png": "image/png",
}
PAGE_SECONDS = 10
"""A page that waits for a document asks again by itself; no more than this often is of use."""
STATES = 1_000
log = get_logger()


class Known:
    """The keys of documents by the state that they are of, so that what is asked for often is put together once."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[object, ...], str] = OrderedDict()
        self._lock = Lock()

    def get(self, state: tuple[object, ...]) -> str | None:
        """The key of the document of a state."""
        with self._lock:
            return self._keys.get(state)

    def put(self, state: tuple[object, ...], key: str) -> None:
        """Keep it; the oldest goes."""
        with self._lock:
            self._keys[state] = key
            if len(self._keys) > STATES:
                self._keys.popitem(last=False)


def init_app(app: Flask) -> None:
    """Give the process its press, and its page to whoever has to wait."""
    app.extensions["press"] = Press(app.extensions["settings"].instance / "made")
    app.extensions["known"] = Known()
    app.register_error_handler(Busy, _busy)


def answer(manuscript: Manuscript, name: str = "", *, max_age: int = 0) -> Response:
    """The document of a manuscript, as an attachment if it has a ``name``. ``max_age``: for how many seconds it may be
    used without asking again.

    :raises Busy: it is being set, or too many are
    """
    return _answer(manuscript.key, manuscript.form, lambda: manuscript, name, max_age)


def of_state(
    current: Current, form: str, make: Callable[[], Manuscript], name: str = "", *, asked: str = "", max_age: int = 0
) -> Response:
    """The same for a document that the address, the consultation's version and what was ``asked`` decide: its
    manuscript is put together once for each state. ``form``: the manuscript's own."""
    view, known = current.view, current_app.extensions["known"]
    where = (request.path, asked, language(), view.id)
    state = (*where, current.version, view.revision, view.moment(now()))
    key = known.get(state)
    if key is not None:
        return _answer(key, form, make, name, max_age)
    manuscript = make()
    known.put(state, manuscript.key)
    return answer(manuscript, name, max_age=max_age)


def _answer(key: str, form: str, make: Callable[[], Manuscript], name: str, max_age: int) -> Response:
    tag, ending = key[:32], form.rpartition(".")[2]
    if request.if_none_match.contains(tag):
        response = current_app.response_class(status=304)
        response.set_etag(tag)
    else:
        press = _press()
        try:
            path = press.find(key)
            if path is None:
                manuscript = make()
                db.let_go()  # nobody stands waiting with a transaction open
                path = press.take(manuscript)
            response = send_file(path, TYPES[ending], etag=tag, conditional=True)
        except FileNotFoundError as gone:  # in this instant, with what was erased
            raise Busy(SOON_SECONDS) from gone
        response.last_modified = None
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = f"public, max-age={max_age}" if max_age else "no-cache"
    return response


def answer_once(manuscript: Manuscript, name: str) -> Response:
    """A document with something that only whoever asked may see: kept nowhere."""
    form = manuscript.form.rpartition(".")[2]
    db.let_go()
    content = _press().take_once(manuscript, current_app.config["SECRET_KEY"])
    response = current_app.response_class(content, mimetype=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _press() -> Press:
    found: Press = current_app.extensions["press"]
    return found


def _busy(busy: Busy) -> Response:
    auth.ask_nobody()
    soon = busy.seconds <= PAGE_SECONDS
    if not soon:
        log.warning("document", endpoint=request.endpoint)
    response = make_response(render_template("errors/busy.html", soon=soon), 503)
    response.headers["Retry-After"] = str(busy.seconds)
    response.headers["Cache-Control"] = "no-store"
    if soon:
        response.headers["Refresh"] = str(busy.seconds)
    return response
