"""*Por responder*: what waits for the voice of one side of the table, or of another who coordinates."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import permissions, role_requests
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, DomainError, Invalid
from consulta.domain.management import waiting
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations import succession
from consulta.forms.fields import LINE, Typed
from consulta.models.accounts import RequestState
from consulta.web import answers, db, guards, notices
from consulta.web.auth import actor, allow, on_a_team, represents_a_sector
from consulta.web.context import now
from consulta.words.i18n import gettext, localized

bp = Blueprint("voices", __name__, url_prefix="/gestion")


@bp.get("/<slug>/por-responder")
@allow(on_a_team)
def listing(slug: str) -> Response:
    """Roles and signatures that others ask for, organisations to verify, and minutes to agree with or not."""
    return _page(guards.on_team(slug), {}, {}, 200)


@bp.post("/<slug>/por-responder/cargos/<int(max=2147483647):request_id>")
@allow(on_a_team)
def answer_role(slug: str, request_id: int) -> Response | BaseResponse:
    """Agree to what somebody who coordinates asks for herself, or not; whoever asked takes it back so."""
    consultation, (agrees, reason, typed) = guards.changeable_by_team(slug), _typed()
    place = f"role-{request_id}"
    if typed.errors:
        return _page(consultation, typed.values(), {place: next(iter(typed.errors.values()))}, 422)
    try:
        asked = role_requests.answer(
            db.session(),
            consultation,
            request_id,
            actor(),
            agrees=agrees,
            reason=reason,
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        return _again(consultation, typed, error, place)
    own = asked.account_id == actor().id
    done = gettext("Listo: se hizo lo que pidió %(email)s.", email=asked.email)
    not_done = gettext("La petición quedó retirada.") if own else gettext("Se respondió que no, y se le avisó.")
    notices.tell(done if agrees else not_done)
    coordinates = permissions.leads(actor(), consultation)
    return redirect(url_for("people.listing" if coordinates else ".listing", slug=slug), 303)


@bp.post("/<slug>/por-responder/firmas/<body>")
@allow(represents_a_sector)
def answer_signatory(slug: str, body: str) -> Response | BaseResponse:
    """Say for one sector whether another person signs for an organisation."""
    consultation, (agrees, reason, typed) = guards.changeable_by_team(slug), _typed()
    found, side = organizations.one(db.session(), consultation, body), permissions.sector_of(actor(), consultation)
    place = f"firma-{body}"
    if typed.errors:
        return _page(consultation, typed.values(), {place: next(iter(typed.errors.values()))}, 422)
    try:
        state = succession.answer(
            db.session(),
            consultation,
            found,
            sector=side,
            agrees=agrees,
            reason=reason,
            by=guards.by(consultation, side),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        return _again(consultation, typed, error, place)
    name = localized(found.name)
    words = {
        RequestState.AGREED: gettext("Desde ahora firma otra persona por %(name)s. Se le avisó.", name=name),
        RequestState.WAITING: gettext("Su sector está de acuerdo. Falta el otro sector para %(name)s.", name=name),
    }
    notices.tell(
        words.get(state, gettext("Se respondió que no: sigue firmando quien firmaba por %(name)s.", name=name))
    )
    return redirect(url_for(".listing", slug=slug), 303)


def _typed() -> tuple[bool, str, Typed]:
    typed = Typed(request.form)
    act = typed.one_of("act", ("agree", "refuse"), missing=gettext("Elija sí o no."))
    return act == "agree", typed.text("reason", limit=LINE), typed


def _again(consultation: ConsultationView, typed: Typed, error: DomainError, place: str) -> Response:
    """The list as it is now, with what was wrong beside its form and what was typed in it; on top if it is answered."""
    refusal = answers.refused(error)
    gone = isinstance(error, Conflict)
    return _page(consultation, typed.values(), {"waits" if gone else place: refusal.message}, refusal.status)


def _page(consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    waits = waiting.to_answer(db.session(), consultation, actor())
    slugs = [one.terms.organization for one in waits.roles if one.terms.organization]
    return answers.private(
        "management/unanswered.html",
        status,
        consultation=consultation,
        waits=waits,
        bodies={slug: localized(name) for slug, name in organizations.names(db.session(), consultation, slugs).items()},
        values=values,
        errors=errors,
    )
