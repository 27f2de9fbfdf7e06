"""At the door of a forum: find people, mark who is there, take in whoever came unannounced."""

from __future__ import annotations

import secrets
from time import time

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import attendance
from consulta.domain import places
from consulta.domain.attendance import door as attendance_door
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict
from consulta.domain.forums.reading import ForumView
from consulta.domain.texts import showable
from consulta.forms.fields import Typed
from consulta.forms.registrations import read_guest
from consulta.models.consultations import ConsultationKind
from consulta.web import answers, db, guards, printed
from consulta.web.auth import allow, on_a_team
from consulta.web.context import now
from consulta.words.i18n import day, gettext, language, localized

bp = Blueprint("attendance", __name__, url_prefix="/gestion")
OPENED, OPEN_SECONDS = "doors", 12 * 3600


@bp.get("/<slug>/foros/<key>/puerta")
@allow(on_a_team)
def door(slug: str, key: str) -> Response:
    """The roster, once it was opened: to search, and to mark with one tap."""
    consultation, forum = guards.at_the_door(slug, key)
    if time() - session.get(OPENED, {}).get(f"{slug}/{key}", 0) > OPEN_SECONDS:
        return answers.private("attendance/closed.html", consultation=consultation, forum=forum)
    return _page(consultation, forum, {}, {}, 200)


@bp.post("/<slug>/foros/<key>/puerta")
@allow(on_a_team)
def open_door(slug: str, key: str) -> BaseResponse:
    """Open the roster for twelve hours: the look is an entry of the ledger."""
    consultation, forum = guards.at_the_door(slug, key)
    attendance_door.open_roster(db.session(), consultation, forum, by=guards.by(consultation), now=now())
    still = {door: at for door, at in session.get(OPENED, {}).items() if time() - at <= OPEN_SECONDS}
    session[OPENED] = {**still, f"{slug}/{key}": int(time())}  # a cookie holds no more than 4 KB
    return redirect(url_for(".door", slug=slug, key=key), 303)


@bp.post("/<slug>/foros/<key>/puerta/<int(max=9223372036854775807):registration>")
@allow(on_a_team)
def mark(slug: str, key: str, registration: int) -> BaseResponse:
    """Somebody is there; or this was a mistake."""
    consultation, forum = guards.at_the_door(slug, key)
    present = request.form.get("present") == "1"
    attendance_door.mark(
        db.session(),
        consultation,
        forum,
        registration,
        mark_id=_mark_id(),
        present=present,
        by=guards.by(consultation),
        now=now(),
    )
    if not present:
        flash(gettext("Se quitó la marca."))
    q, here = showable(request.form.get("q", ""), 80) or None, "1" if request.form.get("ya") else None
    last = registration if present else None
    return redirect(url_for(".door", slug=slug, key=key, q=q, ya=here, last=last), 303)


@bp.post("/<slug>/foros/<key>/puerta/llegada")
@allow(on_a_team)
def walk_in(slug: str, key: str) -> Response | BaseResponse:
    """Somebody came without having registered."""
    consultation, forum = guards.at_the_door(slug, key)
    typed = Typed(request.form)
    guest = read_guest(typed, consultation, forum)
    department = typed.one_of("department", [c.code for c in consultation.lists.get("department", ())])
    if typed.errors:
        return _page(consultation, forum, typed.values(), typed.errors, 422)
    try:
        folio = attendance_door.walk_in(
            db.session(),
            consultation,
            forum,
            guest,
            department=department,
            mark_id=_mark_id(),
            by=guards.by(consultation),
            now=now(),
        )
    except Conflict as error:
        refusal = answers.refused(error, field="name")
        return _page(consultation, forum, typed.values(), refusal.errors, refusal.status)
    flash(gettext("Anotado: está. Su código es %(code)s.", code=folio))
    return redirect(url_for(".door", slug=slug, key=key), 303)


@bp.get("/<slug>/foros/<key>/puerta/lista.pdf")
@allow(on_a_team)
def sheet(slug: str, key: str) -> Response:
    """An empty attendance sheet, to be typed in afterwards as arrivals."""
    consultation, forum = guards.at_the_door(slug, key)
    words = {
        "columns": [
            gettext("N.º"),
            gettext("Nombre, o el que usted elija"),
            gettext("Mesa"),
            gettext("Firma, si quiere"),
        ],
        "care": gettext("No se pide documento, teléfono ni dirección. Los nombres se borran 30 días después del foro."),
    }
    manuscript = attendance.sheet(
        forum=localized(forum.data.name),
        when=day(consultation.today(forum.data.starts_at)),
        seats=forum.data.capacity,
        words=words,
        language=language(),
        demo=gettext("Datos de demostración") if consultation.kind is ConsultationKind.DEMONSTRATION else "",
    )
    return printed.answer(manuscript, f"asistencia-{forum.key}")


def _mark_id() -> str:
    """The mark's own name, from the form: one that is sent twice is one mark."""
    given = request.form.get("mark", "")
    return (
        given if len(given) == 32 and all(letter in "0123456789abcdef" for letter in given) else secrets.token_hex(16)
    )


def _page(
    consultation: ConsultationView, forum: ForumView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    typed, here = showable(request.args.get("q", ""), 80), "ya" in request.args
    found = attendance_door.search(db.session(), forum, typed, here=here)
    last = places.number(request.args.get("last", ""), digits=18)
    return answers.private(
        "attendance/door.html",
        status,
        consultation=consultation,
        forum=forum,
        found=found,
        q=typed,
        here=here,
        last=attendance_door.arrived(db.session(), forum, last) if last else None,
        marks=[secrets.token_hex(16) for _ in range(len(found) + 2)],
        counts=attendance_door.counts(db.session(), forum),
        values=values,
        errors=errors,
        shown=attendance_door.SHOWN,
    )
