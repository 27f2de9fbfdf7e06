"""Forums as the team sees them: announce, change, publish, cancel."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import permissions, roster
from consulta.domain.attendance import door
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.forums import reading as forums
from consulta.domain.forums import telling, versions
from consulta.domain.forums.reading import ForumView
from consulta.forms.fields import Typed, new_key
from consulta.forms.forums import read_forum, show_forum
from consulta.models.accounts import RoleName
from consulta.web import answers, db, guards, notices
from consulta.web.auth import actor, allow, coordinates, on_a_team
from consulta.web.context import now
from consulta.words.i18n import gettext, localized

from . import bp


@bp.get("/gestion/<slug>/foros")
@allow(on_a_team)
def desk(slug: str) -> Response:
    """The forums, to announce, change and prepare; whoever facilitates sees those where they do."""
    consultation = guards.on_team(slug)
    found = forums.in_order(forums.listing(db.session(), consultation), now())
    leads = permissions.leads(actor(), consultation)
    if not leads and not actor().roles_in(consultation.id, RoleName.FACILITATOR):
        raise NotAllowed("Los foros los ven quienes coordinan y quienes facilitan sus mesas.")
    if not leads:
        mine = {key for at, key, _ in door.facilitated(db.session(), actor()) if at == slug}
        found = [one for one in found if one.key in mine]
    return answers.private("forums/desk.html", consultation=consultation, forums=found, now=now(), leads=leads)


@bp.get("/gestion/<slug>/foros/nuevo")
@allow(coordinates)
def begin(slug: str) -> Response:
    """An empty form."""
    return _form_page(guards.changeable(slug), None, {"capacity": "50"}, {}, 200)


@bp.post("/gestion/<slug>/foros/nuevo")
@allow(coordinates)
def create(slug: str) -> Response | BaseResponse:
    """Announce a forum."""
    return _publish(guards.changeable(slug), None)


@bp.get("/gestion/<slug>/foros/<key>")
@allow(coordinates)
def edit(slug: str, key: str) -> Response:
    """The version in force, to write the next."""
    consultation, forum = guards.changeable_forum(slug, key)
    return _form_page(consultation, forum, show_forum(forum.data, consultation), {}, 200)


@bp.post("/gestion/<slug>/foros/<key>")
@allow(coordinates)
def publish(slug: str, key: str) -> Response | BaseResponse:
    """Publish the next version."""
    return _publish(*guards.changeable_forum(slug, key))


@bp.get("/gestion/<slug>/foros/<key>/cancelar")
@allow(coordinates)
def cancelling(slug: str, key: str) -> Response:
    """Whom it concerns, before a forum is called off."""
    return _cancel_page(*guards.changeable_forum(slug, key), {}, {}, 200)


@bp.post("/gestion/<slug>/foros/<key>/cancelar")
@allow(coordinates)
def cancel(slug: str, key: str) -> Response | BaseResponse:
    """Call a forum off; those who registered are told."""
    consultation, forum = guards.changeable_forum(slug, key)
    typed = Typed(request.form)
    seen, reason = typed.whole("seen", 1, 10**6), typed.said("reason", limit=500)
    by = guards.by(consultation)
    try:
        versions.cancel(db.session(), consultation, key, seen=seen, reason=reason, by=by, now=now())
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "reason_es")
        return _cancel_page(consultation, forum, typed.values(), refusal.errors, refusal.status)
    name = localized(forum.data.name)
    text = gettext("El foro «%(name)s» quedó cancelado. Se avisará a quienes se inscribieron.", name=name)
    notices.tell(text, see=url_for(".one", slug=slug, key=key))
    return redirect(url_for(".desk", slug=slug), 303)


def _cancel_page(
    consultation: ConsultationView, forum: ForumView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return answers.private(
        "forums/cancel.html",
        status,
        consultation=consultation,
        forum=forum,
        values=values,
        errors=errors,
        unreachable=telling.unreachable(db.session(), forum),
    )


def _publish(consultation: ConsultationView, forum: ForumView | None) -> Response | BaseResponse:
    """Publish what was typed, or show the form again with it."""
    typed = Typed(request.form)
    data = read_forum(typed, consultation, _facilitators(consultation), consultation.today(now()))
    seen, reason = typed.whole("seen", 0, 10**6), typed.said("reason", limit=500)
    if typed.errors:
        return _form_page(consultation, forum, typed.values(), typed.errors, 422)
    key = forum.key if forum else _address(consultation, data.name["es"])
    try:
        versions.publish(
            db.session(),
            consultation,
            data,
            key=key,
            seen=seen if forum else 0,
            reason=reason,
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        return _refused(consultation, forum, typed, error)
    see = url_for(".one", slug=consultation.slug, key=key)
    notices.tell(gettext("El foro «%(name)s» quedó publicado.", name=localized(data.name)), see=see)
    return redirect(url_for(".desk", slug=consultation.slug), 303)


def _refused(
    consultation: ConsultationView, forum: ForumView | None, typed: Typed, error: Invalid | Conflict
) -> Response:
    refusal = answers.refused(error, "reason_es")
    again = forums.one(db.session(), consultation, forum.key) if forum else None
    return _form_page(consultation, again, typed.values(), refusal.errors, refusal.status)


def _address(consultation: ConsultationView, name: str) -> str:
    taken = {"nuevo"} | {one.key for one in forums.listing(db.session(), consultation)}
    return new_key(name, taken, "foro")


def _facilitators(consultation: ConsultationView) -> dict[str, dict[str, str]]:
    return roster.facilitators(db.session(), consultation)


def _form_page(
    consultation: ConsultationView, forum: ForumView | None, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return answers.private(
        "forums/form.html",
        status,
        consultation=consultation,
        forum=forum,
        values=values,
        errors=errors,
        unreachable=telling.unreachable(db.session(), forum) if forum else 0,
        facilitators={
            side: [(name, f"{email} · {name}") for name, email in names.items()]
            for side, names in _facilitators(consultation).items()
        },
    )
