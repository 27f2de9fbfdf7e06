"""The door without internet: a page that works on the device, and the ways by which its marks come here. Also the
attendance sheet of paper, typed into a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, request, send_file, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from consulta.database import transactions
from consulta.domain.attendance import devices, from_file, marks
from consulta.domain.attendance import door as attendance_door
from consulta.domain.attendance.devices import Brought, Outcome
from consulta.domain.attendance.from_file import TypedArrival
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Closed, Invalid, Malformed
from consulta.domain.forums.reading import ForumView
from consulta.forms.fields import Typed
from consulta.web import answers, db, guards, table_files
from consulta.web.answers import respond_privately
from consulta.web.auth import allow, anyone, on_a_team, takes_files
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("marks", __name__, url_prefix="/gestion")
SCRIPT = Path(__file__).parent.parent.parent / "static" / "door-worker.js"
KEPT = timedelta(hours=48)
"""How long after a forum its roster may stay on a device."""
MAX_BROUGHT, MAX_BYTES = 20_000, 12_000_000


@bp.get("/puerta.js")
@allow(anyone)
def worker() -> Response:
    """The service worker, from an address that covers the desk and nothing of the public's."""
    response = send_file(SCRIPT, mimetype="text/javascript", conditional=True, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.before_request
def known_of_old() -> None:
    """Devices that were prepared with an earlier version know our answers by the policy of then."""
    g.known_of_old = True


@bp.get("/<slug>/foros/<key>/sin-internet")
@allow(on_a_team)
def door(slug: str, key: str) -> Response:
    """The page that the device keeps: it has nobody's name in it."""
    from consulta.web import device_seals  # megabytes of cryptography, of use at an open door alone

    consultation, forum = guards.at_the_door(slug, key)
    wipe = forum.data.ends_at + KEPT
    response = answers.private(
        "attendance/devices/door.html",
        consultation=consultation,
        forum=forum,
        wipe=int(wipe.timestamp() * 1000),
        server_key=device_seals.public_key(device_seals.context(slug, key)),
        context=device_seals.context(slug, key),
        over=wipe <= now(),
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/<slug>/foros/<key>/sin-internet/clave")
@allow(on_a_team)
def token(slug: str, key: str) -> Response:
    """A token for what the device sends: the one in its page may be of an earlier session."""
    guards.at_the_door(slug, key)
    return respond_privately(jsonify(token=generate_csrf()))


@bp.post("/<slug>/foros/<key>/sin-internet/lista")
@allow(on_a_team)
def roster(slug: str, key: str) -> Response:
    """Name, table, seat and hash of the code of everybody, for the device, and the time in milliseconds by which it
    sets its clock right; the look is an entry of the ledger."""
    consultation, forum = guards.at_the_door(slug, key)
    if forum.data.ends_at + KEPT <= now():
        raise Closed("La lista de un foro no se guarda en un aparato más de 48 horas después.")
    attendance_door.open_roster(db.session(), consultation, forum, by=guards.by(consultation), now=now(), device=True)
    people = devices.roster(db.session(), forum)
    return respond_privately(jsonify(people=people, now=int(now().timestamp() * 1000)))


@bp.post("/<slug>/foros/<key>/sin-internet/marcas")
@allow(on_a_team)
def bring(slug: str, key: str) -> Response:
    """Take sealed marks; what became of each, in their order. Sent again they count once."""
    consultation, forum = guards.at_the_door(slug, key)
    given = request.get_json(silent=True)
    sealed = given.get("marks") if isinstance(given, dict) else None
    if not isinstance(sealed, list) or len(sealed) > marks.PIECE:
        raise Malformed("Las marcas no llegaron enteras. Envíelas otra vez.")
    brought = _opened(sealed, consultation, forum)
    taken = iter(
        devices.bring(
            db.session(),
            consultation,
            forum,
            [one for one in brought if one],
            by=guards.by(consultation),
            now=now(),
        )
    )
    return respond_privately(jsonify(outcomes=[next(taken) if one else Outcome.UNREADABLE for one in brought]))


@bp.post("/<slug>/foros/<key>/puerta/archivo")
@allow(on_a_team)
@takes_files(MAX_BYTES)
def carry(slug: str, key: str) -> Response | BaseResponse:
    """Marks that were carried here as a file. Each piece is a transaction: what was taken is known the next time."""
    consultation, forum = guards.at_the_door(slug, key)
    try:
        brought = _opened(_carried(), consultation, forum)
    except Invalid as error:
        return _again(slug, key, error)
    readable = [one for one in brought if one]
    said = Counter({Outcome.UNREADABLE: len(brought) - len(readable)})
    for at in range(0, len(readable), marks.PIECE):
        piece = readable[at : at + marks.PIECE]
        said.update(devices.bring(db.session(), consultation, forum, piece, **_whose(consultation)))
        transactions.commit(db.session())
    flash(
        gettext(
            "Marcas nuevas: %(new)s. Ya estaban: %(known)s."
            " De nadie en la lista: %(unknown)s. Ilegibles: %(unreadable)s.",
            **{outcome.value: said[outcome] for outcome in Outcome},
        )
    )
    return redirect(url_for("attendance.door", slug=slug, key=key), 303)


@bp.post("/<slug>/foros/<key>/puerta/asistencia")
@allow(on_a_team)
@takes_files(MAX_BYTES)
def sheet(slug: str, key: str) -> Response | BaseResponse:
    """The attendance sheet as it was typed. The whole file is read first; then it is written piece by piece."""
    consultation, forum = guards.at_the_door(slug, key)
    typed, new = Typed(request.form), 0
    try:
        rows = from_file.read(table_files.sent("sheet", typed), consultation, forum)
        from_file.check(db.session(), forum, rows)
        new = sum(_take(consultation, forum, piece) for piece in from_file.pieces(rows))
    except Invalid as error:
        return _again(slug, key, error)
    flash(gettext("Personas anotadas: %(n)s. Ya estaban: %(there)s.", n=new, there=len(rows) - new))
    return redirect(url_for("attendance.door", slug=slug, key=key), 303)


def _opened(sealed: Iterable[object], consultation: ConsultationView, forum: ForumView) -> list[Brought | None]:
    from consulta.web import device_seals  # megabytes of cryptography, of use at an open door alone

    bound = device_seals.context(consultation.slug, forum.key)
    found = (device_seals.opened(one, bound) for one in sealed)
    return [devices.read(one, consultation) if one else None for one in found]


def _carried() -> list[Any]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("Elija un archivo.", field="file")
    try:
        given = json.loads(file.read())
    except (ValueError, RecursionError) as error:
        raise Invalid("Ese archivo no es de marcas de una puerta.", field="file") from error
    sealed = given.get("marks") if isinstance(given, dict) else None
    if not isinstance(sealed, list) or len(sealed) > MAX_BROUGHT:
        raise Invalid("Ese archivo no es de marcas de una puerta.", field="file")
    return sealed


def _take(consultation: ConsultationView, forum: ForumView, piece: Sequence[TypedArrival]) -> int:
    new = from_file.take(db.session(), consultation, forum, piece, **_whose(consultation))
    transactions.commit(db.session())
    return new


def _whose(consultation: ConsultationView) -> dict[str, Any]:
    return {"by": guards.by(consultation), "now": now()}


def _again(slug: str, key: str, error: Invalid) -> Response:
    """Nothing of the file was kept: why, on a page of its own with the way back."""
    return answers.private(
        "attendance/devices/refused.html",
        422,
        consultation=guards.find(slug).view,
        key=key,
        message=gettext(error.message, **error.values),
        values=request.form,
        errors={"sheet" if error.field == "file" else error.field: gettext(error.message, **error.values)},
        sheet=request.endpoint == "marks.sheet",
    )
