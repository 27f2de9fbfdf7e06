"""Public pages kept rendered in memory: one SELECT of the consultation's version decides, so what is served is true.

Key: path with all that is asked of it, language, the version of that consultation's log, its revision, and the moment
(day and stages).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from html import escape
from threading import Lock
from time import monotonic
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.ledger.log import Head
from consulta.words.i18n import language
from consulta.words.markup import own_words

from . import auth, guards, hiding
from .context import now, settings
from .headers import compressed

FRAMES = 500
SHOWN_WITHOUT, AGAIN_SECONDS = timedelta(minutes=15), 2
UNREACHABLE = (DBAPIError, PoolTimeout)
CSRF_MARK, SUBMISSION_MARK, HEADER_MARK = (f"@@{secrets.token_hex(8)}@@" for _ in range(3))
"""What stands in a kept page where each visitor's own key belongs; nobody can write them into a text."""


class PageCache:
    """Rendered pages, plain and compressed, the least used thrown out first; ``room`` in bytes."""

    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self._pages: OrderedDict[tuple[Any, ...], tuple[bytes, bytes, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[Any, ...]) -> tuple[bytes, bytes, str] | None:
        """A page, if it is there."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: tuple[Any, ...], page: tuple[bytes, bytes, str]) -> tuple[bytes, bytes, str]:
        """Keep a page and return it."""
        body = page[0]
        size = len(body) + len(page[1])
        if size > self.room // 4:
            return page
        with self._lock:
            if key not in self._pages:
                self._pages[key] = page
                self.used += size
            while self.used > self.room:
                _, (old, packed, _type) = self._pages.popitem(last=False)
                self.used -= len(old) + len(packed)
        return page


def init_app(app: Flask, room: int) -> None:
    """Give the process its memory of pages, and templates what stands around every page."""
    app.extensions["pages"] = PageCache(room)
    app.extensions["last_seen"] = LastSeen()
    frames: dict[tuple[Any, ...], Markup] = {}

    def frame(part: str, consultation: ConsultationView | None) -> Markup:
        """The navigation or the footer. They change only with the consultation's revision, so they are put together
        once for each language and place."""
        revision = (consultation.id, consultation.revision) if consultation else None
        key = (part, language(), request.endpoint, request.script_root, revision)
        found = frames.get(key)
        if found is None:
            if len(frames) >= FRAMES:
                frames.clear()
            made = render_template(f"frame/{part}.html", consultation=consultation, here=request.endpoint)
            found = frames[key] = own_words(made)
        return found

    app.jinja_env.globals["frame"] = frame


def public_page(view: Callable[..., Any]) -> Callable[..., Response]:
    """For views that take ``consultation`` and hold nothing per visitor: text (or a ``Response`` of text) out."""

    @wraps(view)
    def answer(slug: str | None = None, **arguments: Any) -> Response:
        seen: LastSeen = current_app.extensions["last_seen"]
        try:
            current = seen.current(slug)
        except UNREACHABLE:
            earlier = seen.page(slug)
            if earlier is None:
                raise
            return earlier
        key = _key(current)
        tag = hashlib.blake2b(repr(key).encode(), digest_size=12).hexdigest()
        if request.if_none_match.contains_weak(tag):
            response = current_app.response_class(status=304)
            response.set_etag(tag, weak=True)
            return response
        g.current = current
        page = _made(key, lambda: view(consultation=current.view, **arguments))
        return _served(page, tag)

    return answer


class LastSeen:
    """What this process read last of each consultation, and when: while the database is down, for a quarter of an hour,
    pages that were made for it are shown, saying of when."""

    def __init__(self) -> None:
        self._seen: dict[str | None, tuple[Current, datetime]] = {}
        self._failed, self._ask_again, self._asking = False, 0.0, Lock()

    def current(self, slug: str | None) -> Current:
        """The consultation of an address. A database that failed is asked again after two seconds, not by everybody.

        :raises OperationalError: it is down, or does not answer
        """
        mine = not self._failed or slug not in self._seen
        alone = not mine and monotonic() >= self._ask_again and self._asking.acquire(blocking=False)
        if not mine and not alone:
            raise OperationalError("", None, Exception("it failed a moment ago"))
        try:
            found = guards.find(slug)
        except UNREACHABLE:
            self._failed, self._ask_again = True, monotonic() + AGAIN_SECONDS
            raise
        finally:
            if alone:
                self._asking.release()
        self._failed = False
        self._seen[slug] = (found, now())
        return found

    def page(self, slug: str | None) -> Response | None:
        """The page that was asked for as it was when the database was read last, unless that is too long ago."""
        if slug not in self._seen:
            return None
        auth.ask_nobody()  # who is signed in stands in the database
        current, at = self._seen[slug]
        cache: PageCache = current_app.extensions["pages"]
        fresh = now() - at <= SHOWN_WITHOUT and not hiding.since(settings(), at)
        page = cache.get(_key(current, at)) if fresh else None
        if page is None or not page[2].startswith("text/html"):
            return None  # a feed or a file has no place to say of when it is
        notice = render_template("frame/as_of.html", time=f"{at.astimezone(current.view.timezone):%H:%M}").encode()
        body = re.sub(rb"<main\b[^>]*>", lambda found: found[0] + notice, page[0], count=1)
        response = current_app.response_class(body, content_type=page[2])
        response.headers["Cache-Control"] = "no-store"
        return response


def head() -> Head:
    """The head of the ledger at the version that a ``public_page`` is rendered for."""
    current: Current = g.current
    return Head(current.version, current.head.hex())


def template_of(current: Current, make: Callable[[], str], *except_: object) -> str:
    """A page kept in memory in which the caller fills in what is the visitor's own, such as a form's keys.

    ``except_``: whatever else the page depends on that the consultation's version does not tell.
    """
    g.for_many = True
    try:
        return _made((*_key(current), *except_), make, pack=False)[0].decode()
    finally:
        g.for_many = False


def with_token(page: str, header: Callable[[], str] | None = None) -> str:
    """The page with this visitor's CSRF token in the place of its mark, and the team's ``header``, if it has one."""
    if header is not None:
        page = page.replace(HEADER_MARK, header())
    return page.replace(CSRF_MARK, escape(generate_csrf()))


def _made(key: tuple[Any, ...], make: Callable[[], Any], *, pack: bool = True) -> tuple[bytes, bytes, str]:
    """The page, compressed too unless it is yet to be filled in."""
    cache: PageCache = current_app.extensions["pages"]
    page = cache.get(key)
    if page is None:
        made = current_app.make_response(make())
        body = made.get_data()
        page = cache.put(key, (body, compressed(body) if pack else b"", made.content_type))
    return page


def _key(current: Current, at: datetime | None = None) -> tuple[Any, ...]:
    view: ConsultationView = current.view
    asked = sorted((k, v) for k, v in request.args.items(multi=True) if k != "lang")
    return (
        request.path,
        hashlib.blake2b(repr(asked).encode(), digest_size=16).digest(),
        language(),
        view.id,
        current.version,
        view.revision,
        view.moment(at or now()),
    )


def _served(page: tuple[bytes, bytes, str], tag: str) -> Response:
    body, packed, content_type = page
    response = current_app.response_class(content_type=content_type)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(body)
    response.vary.update(("Accept-Encoding", "Cookie"))
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
