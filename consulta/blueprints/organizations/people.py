"""The people of an organisation, on its own page."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.organizations import members, membership, succession
from consulta.domain.organizations.reading import BodyView
from consulta.forms.fields import LINE, Typed
from consulta.web import answers, db, guards, limits, notices
from consulta.web.auth import actor, allow, signed_in
from consulta.web.context import now
from consulta.words.i18n import gettext

from . import bp

ADDED_AN_HOUR = 20
"""From one connection: each writes to an address that somebody typed."""


@bp.get("/cuenta/organizaciones/<slug>/<body>/personas")
@allow(signed_in)
def people(slug: str, body: str) -> Response:
    """Who acts for it."""
    return _page(*_own(slug, body), {}, {}, 200)


@bp.post("/cuenta/organizaciones/<slug>/<body>/personas")
@allow(signed_in)
def change_people(slug: str, body: str) -> Response | BaseResponse:
    """Let somebody write, end that, or hand the signature on."""
    (consultation, found), typed = _own(slug, body), Typed(request.form)
    act = typed.one_of("act", ("add", "remove", "sign", "ask", "stay"), missing=gettext("Elija qué hacer."))
    if act in ("ask", "stay"):
        return _succession(consultation, found, typed, act)
    email = typed.email("email", missing=gettext("Escriba el correo de la persona.")) if act == "add" else None
    account_id = typed.whole("account", 1, 2**31 - 1) if act in ("remove", "sign") else 0
    if act == "add" and not typed.errors and limits.many_from_here(ADDED_AN_HOUR, "members"):
        typed.wrong("email", gettext("Desde esta conexión ya se pidió muchas veces. Inténtelo dentro de una hora."))
    if typed.errors:
        return _page(consultation, found, typed.values(), typed.errors, 422)
    by = guards.by(consultation)
    try:
        if act == "add":
            membership.add(db.session(), consultation, found, email=email or "", by=by, now=now())
            text = gettext("%(email)s ya puede escribir por la organización. Le enviamos un correo.", email=email or "")
        elif act == "remove":
            membership.remove(db.session(), consultation, found, account_id=account_id, by=by, now=now())
            text = gettext("Esa persona ya no actúa por la organización.")
        else:
            membership.hand_over(db.session(), consultation, found, account_id=account_id, by=by, now=now())
            text = gettext("La firma quedó en manos de otra persona. Usted puede seguir escribiendo.")
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "people")
        return _page(consultation, found, typed.values(), refusal.errors, refusal.status)
    notices.tell(text)
    left = act == "remove" and account_id == actor().id
    return redirect(url_for("accounts.own") if left else url_for(".people", slug=slug, body=body), 303)


def _succession(consultation: ConsultationView, body: BodyView, typed: Typed, act: str) -> Response | BaseResponse:
    """Ask both sectors that another member sign, for who signs is gone; or say that one still does, or take it back."""
    by, reason = guards.by(consultation), typed.text("reason", limit=LINE)
    if typed.errors:
        return _page(consultation, body, typed.values(), typed.errors, 422)
    try:
        if act == "ask":
            people = {str(one.account_id): one.email for one in membership.people(db.session(), body)}
            email = people.get(typed.one_of("successor", people, missing=gettext("Elija quién firmaría.")) or "")
            if email is None:
                return _page(consultation, body, typed.values(), typed.errors, 422)
            succession.ask(db.session(), consultation, body, email=email, reason=reason, by=by, now=now())
            notices.tell(gettext("La petición quedó anotada. La responde una persona de cada sector."))
        else:
            succession.answer(
                db.session(), consultation, body, sector=None, agrees=False, reason=reason, by=by, now=now()
            )
            notices.tell(gettext("La petición quedó cerrada: sigue firmando quien firmaba."))
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "people")
        return _page(consultation, body, typed.values(), refusal.errors, refusal.status)
    return redirect(url_for(".people", slug=consultation.slug, body=body.slug), 303)


def _own(slug: str, body: str) -> tuple[ConsultationView, BodyView]:
    """The organisation, for who acts for it; whoever only said that they would sees nobody's address."""
    consultation = guards.find(slug).view
    found = members.of_member(db.session(), consultation, body, actor().id)
    if actor().id not in members.members(db.session(), found.id):
        raise NotFound("No hay una organización suya con ese nombre.")
    return consultation, found


def _page(
    consultation: ConsultationView, body: BodyView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    found = membership.people(db.session(), body)
    me = next((one for one in found if one.account_id == actor().id), None)
    return answers.private(
        "organizations/people.html",
        status,
        consultation=consultation,
        body=body,
        people=found,
        me=me,
        asked=succession.of(db.session(), consultation, body),
        signs=me is not None and me.signatory and body.standing in members.REPRESENTED,
        represented=body.standing in members.REPRESENTED,
        values=values,
        errors=errors,
    )
