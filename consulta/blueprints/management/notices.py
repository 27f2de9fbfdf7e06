"""*Por avisar*: whom somebody has to call, one contact at a time."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import notices
from consulta.models.news import NoticeState
from consulta.web import answers, db, guards
from consulta.web import notices as page_notices
from consulta.web.auth import allow, coordinates
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("notices", __name__, url_prefix="/gestion")


@bp.get("/<slug>/por-avisar")
@allow(coordinates)
def listing(slug: str) -> Response:
    """Who is still to be told, and how many cannot be."""
    return _page(guards.coordinated(slug), None)


@bp.post("/<slug>/por-avisar/<int(max=2147483647):notice_id>/ver")
@allow(coordinates)
def look(slug: str, notice_id: int) -> Response:
    """The telephone of one, once: the look is an entry of the ledger."""
    consultation = guards.coordinated(slug)
    who, phone = notices.open_contact(db.session(), consultation, notice_id, by=guards.by(consultation), now=now())
    return _page(consultation, (notice_id, phone, who))


@bp.post("/<slug>/por-avisar/<int(max=2147483647):notice_id>")
@allow(coordinates)
def settle(slug: str, notice_id: int) -> BaseResponse:
    """Note what came of the call."""
    consultation = guards.coordinated(slug)
    seen, state = (_state(request.form.get(name)) for name in ("seen", "state"))
    notices.settle(db.session(), consultation, notice_id, seen=seen, state=state, now=now())
    words = {
        NoticeState.TOLD: gettext("Quedó anotado que ya se le avisó."),
        NoticeState.NO_ANSWER: gettext("Quedó anotado que no contesta. Sigue en la lista."),
        NoticeState.WAITING: gettext("Sigue por avisar."),
    }
    back = url_for(".settle", slug=slug, notice_id=notice_id)
    undo = "" if state is NoticeState.WAITING else back
    page_notices.tell(words[state], undo=undo, fields={"seen": state.value, "state": seen.value})
    return redirect(url_for(".listing", slug=slug), 303)


def _state(typed: str | None) -> NoticeState:
    return NoticeState(typed) if typed in set(NoticeState) else NoticeState.WAITING


def _page(consultation: ConsultationView, shown: tuple[int, str, str] | None) -> Response:
    return answers.private(
        "management/notices.html",
        consultation=consultation,
        calls=notices.waiting(db.session(), consultation),
        told=notices.told(db.session(), consultation),
        unreachable=notices.unreachable(db.session(), consultation),
        shown=shown,
    )
