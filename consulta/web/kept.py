"""What somebody sent survives every answer: each field is on the page under its label, each file is kept for a day.

An answer that does not take a form shows it again, in the view's own form or, for everything that is answered elsewhere
(an ended session, a full database), in one page with one button. What a form of a view leaves out is added to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from flask import Flask, Response, g, render_template, request
from markupsafe import escape
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException

from consulta.domain.errors import Invalid
from consulta.domain.files import staged
from consulta.domain.texts import showable

from . import db
from .auth import ENTER, person, record_attempt
from .context import now
from .field_labels import is_secret, label

LONGEST = 3_000_000
STAGED, UNSTAGED = "staged-", "unstaged-"
HIDDEN = (STAGED, UNSTAGED, ENTER)


@dataclass(frozen=True)
class KeptField:
    """A field that was sent: ``label`` is ``None`` for what no person fills in."""

    name: str
    value: str
    label: str | None

    @property
    def long(self) -> bool:
        """Whether it needs more than a line."""
        return len(self.value) > 60 or "\n" in self.value


@dataclass(frozen=True)
class KeptFile:
    """A file that was sent: its field, its name, and by what the next form brings it along."""

    field: str
    label: str
    name: str
    token: str

    @property
    def value(self) -> str:
        """What the form carries."""
        return f"{self.token}|{self.name}"


def init_app(app: Flask) -> None:
    """Give forms their files back before a view sees them, and keep those of a form that was not taken."""
    app.jinja_env.globals["staged_files"] = files
    app.before_request(_restore)
    app.after_request(_settle)


def is_form() -> bool:
    """Whether this request sent a form from one of our own pages."""
    return request.method == "POST" and not request.is_json and not g.get("from_elsewhere")


def fields() -> list[KeptField]:
    """Every field that was sent, in its order, but secrets."""
    return [
        KeptField(name, showable(value, LONGEST), label(name))
        for name, value in request.form.items(multi=True)
        if not is_secret(name) and not name.startswith(HIDDEN)
    ]


def files(field: str | None = None) -> list[KeptFile]:
    """The files of this form (of one field, if named), to be kept for the next one."""
    return [one for one in _kept_files() if field is None or one.field == field]


def _kept_files() -> list[KeptFile]:
    if "kept_files" not in g:
        g.kept_files = list(_sent_files()) if is_form() and not hasattr(request, "over") else []
    found: list[KeptFile] = g.kept_files
    return found


def _sent_files() -> Iterator[KeptFile]:
    """Those that an earlier form brought, then those that came with this one."""
    for field, token, name in _brought():
        if (field, name) not in gone():
            yield KeptFile(field, label(field) or field, name, token)
    for field, file in request.files.items(multi=True):
        if file.filename and id(file) not in g.get("carried", {}):
            yield KeptFile(field, label(field) or field, _named(file), secrets.token_urlsafe(24))


def _brought() -> list[tuple[str, str, str]]:
    """Field, token and name of the files that an earlier form brought and that are not to be left out."""
    left_out = {value for name, value in request.form.items(multi=True) if name.startswith(UNSTAGED)}
    return [
        (name.removeprefix(STAGED), *value.partition("|")[::2])
        for name, value in request.form.items(multi=True)
        if name.startswith(STAGED) and value not in left_out
    ]


def _restore() -> None:
    """Put the files that an earlier form brought into this one; in words, if one of them is gone."""
    if request.method != "POST" or not any(name.startswith(STAGED) for name in request.form):
        return
    staff, brought, missing, g.carried = person(), MultiDict(request.files), [], {}
    account = staff.actor.id if staff else None
    for field, token, called in _brought():
        found = staged.find(db.session(), token=token, account_id=account, now=now())
        if found is not None:
            file = FileStorage(BytesIO(found.content), filename=found.name, name=field)
            g.carried[id(file)] = token
            brought.add(field, file)
        elif not any(one.filename for one in request.files.getlist(field)):
            missing.append((field, called))
    request.__dict__["files"] = brought
    if missing:
        g.gone = missing
        field, called = missing[0]
        raise Invalid("El archivo «%(name)s» ya no está guardado: elíjalo otra vez.", field=field, name=called[:120])


def gone() -> list[tuple[str, str]]:
    """Field and name of the files that have to be chosen again."""
    found: list[tuple[str, str]] = g.get("gone", [])
    return found


def _settle(response: Response) -> Response:
    """A form that was not taken keeps its files, and every field on its page; of one that was taken nothing is left."""
    if request.method != "POST" or response.status_code < 400:
        for token in g.get("carried", {}).values():
            with suppress(DBAPIError, PoolTimeout):  # it goes after a day
                record_attempt(lambda own, token=token: staged.drop(own, token))  # type: ignore[misc]
        return response
    if response.status_code == 413 or not is_form() or response.mimetype != "text/html":
        return response
    _complete(response)
    if g.get("csrf_valid") and response.status_code < 500:  # where the database failed, it keeps no file either
        for one in g.get("kept_files", []):
            _keep(one)
    return response


def _keep(one: KeptFile) -> None:
    sent = [f for name, f in request.files.items(multi=True) if name == one.field and _named(f) == one.name]
    if not sent or id(sent[0]) in g.get("carried", {}) or g.get("database_failed"):
        return
    file = sent[0]
    file.stream.seek(0)
    content, staff = file.stream.read(), None
    try:
        staff = person()
        account = staff.actor.id if staff else None
        args = {"token": one.token, "account_id": account, "name": one.name, "content": content, "now": now()}
        record_attempt(lambda own: staged.keep(own, **args) or None)  # type: ignore[arg-type]
    except (DBAPIError, PoolTimeout, HTTPException):
        return  # then the next form says that it has to be chosen again


def _named(file: FileStorage) -> str:
    return (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]


def _complete(response: Response) -> None:
    """Add to a page what of the form it does not show."""
    page = response.get_data(as_text=True)
    missing = [one for one in fields() if one.label is not None and one.value.strip() and not _shown(one, page)]
    if missing:
        more = render_template("errors/more.html", fields=missing)
        response.set_data(page.replace("</main>", f"{more}</main>", 1))


def _shown(one: KeptField, page: str) -> bool:
    value = "\n".join(one.value.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))
    return str(escape(value)) in page
