"""The team of a consultation: inviting, suspending, taking roles back."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import answering, role_requests
from consulta.domain.accounts import team as account_team
from consulta.domain.accounts.answering import Answers
from consulta.domain.accounts.role_requests import Terms
from consulta.domain.accounts.team import Person
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.organizations import reading as organizations
from consulta.forms.fields import LINE, Typed
from consulta.forms.team import same, shown
from consulta.models.accounts import RoleChange, RoleName, Sector
from consulta.web import answers, db, guards, notices
from consulta.web.auth import actor, allow, coordinates
from consulta.web.context import now
from consulta.words.i18n import gettext, localized

bp = Blueprint("people", __name__, url_prefix="/gestion")
MAX_IN_A_LIST = 60


@bp.get("/<slug>/personas")
@allow(coordinates)
def listing(slug: str) -> Response:
    """Who is what; with ``persona`` and ``cargo``, the form holds that role, to be given anew as it should be."""
    consultation, values = guards.coordinated(slug), dict[str, str]()
    if role := request.args.get("role", ""):
        values = {"role": role, f"theme-{request.args.get('theme', '')}": "1"}
    account_id, key = guards.place("persona"), request.args.get("cargo", "")
    if account_id is not None:
        values = shown(account_team.find(account_team.team(db.session(), consultation), account_id, key), consultation)
    return _page(consultation, values, {}, 200)


@bp.post("/<slug>/personas")
@allow(coordinates)
def invite(slug: str) -> Response | BaseResponse:
    """Give somebody a role and mail them a link."""
    consultation, typed = guards.changeable(slug), Typed(request.form)
    email = typed.email("email", missing=gettext("Escriba el correo de la persona."))
    role = typed.one_of("role", [r.value for r in account_team.GRANTABLE], missing=gettext("Elija el cargo."))
    sector = typed.one_of("sector", [s.value for s in Sector])
    languages = [c.code for c in consultation.lists.get("language", ())]
    spoken, themes = (
        typed.one_of("language", languages),
        [t for t in consultation.themes if typed.flag(f"theme-{t.slug}")],
    )
    body = typed.text("organization", limit=60) or None
    if body and not organizations.names(db.session(), consultation, [body]):
        typed.wrong("organization", gettext("«%(slug)s» no está en la lista de participantes.", slug=body))
    if typed.data.get("persona"):
        known = account_team.find(
            account_team.team(db.session(), consultation), typed.whole("persona", 1, 10**9), typed.text("cargo")
        )
        if not same(known, typed):
            typed.wrong("role", gettext("Para otro correo, cargo o idioma invite aparte, y quite este cargo."))
    reason = typed.text("reason", limit=LINE)
    if typed.errors or email is None:
        return _page(consultation, typed.values(), typed.errors, 422)
    terms = Terms(tuple(t.slug for t in themes), _sector(sector), body, spoken)
    try:
        if email.lower() == actor().email:  # addresses are stored in lower case
            _ask(consultation, RoleChange.GRANT, RoleName(role or ""), terms, reason)
        else:
            _invite(consultation, email, RoleName(role or ""), terms, reason)
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "role")
        return _page(consultation, typed.values(), refusal.errors, refusal.status)
    return redirect(url_for(".listing", slug=slug), 303)


def _sector(code: str | None) -> Sector | None:
    return Sector(code) if code else None


def _invite(consultation: ConsultationView, email: str, role: RoleName, terms: Terms, reason: str) -> None:
    themes = (consultation.theme(slug) for slug in terms.themes)
    account_team.invite(
        db.session(),
        consultation,
        email=email,
        role=role,
        theme_ids=tuple(theme.id for theme in themes if theme is not None),
        sector=terms.sector,
        organization=terms.organization,
        language=terms.language,
        reason=reason,
        by=guards.by(consultation),
        now=now(),
    )
    notices.tell(gettext("Invitación enviada a %(email)s.", email=email))


def _ask(consultation: ConsultationView, change: RoleChange, role: RoleName, terms: Terms, reason: str) -> None:
    """A role of one's own is changed by others; who they are is said."""
    by = guards.by(consultation)
    role_requests.ask(
        db.session(), consultation, change=change, role=role, terms=terms, reason=reason, by=by, now=now()
    )
    notices.tell(
        gettext(
            "Su petición quedó anotada. %(who)s",
            who=_who_answers(account_team.team(db.session(), consultation), terms.sector),
        )
    )


def _who_answers(team: list[Person], sector: Sector | None) -> str:
    who = answering.who_answers(team, actor().id, sector)
    words = {
        Answers.COORDINATOR: gettext("La responde otra persona que coordina, o alguien del otro sector."),
        Answers.SECTOR: gettext("La responde una persona del otro sector, en «Por responder»."),
        Answers.ADMIN: gettext("Nadie más del equipo puede responderla: lo hace quien administra la instalación."),
    }
    return words[who]


@bp.post("/<slug>/personas/<int(max=2147483647):account_id>/<role>")
@allow(coordinates)
def change(slug: str, account_id: int, role: str) -> Response | BaseResponse:
    """Suspend, resume or take back a role, with a reason."""
    consultation, typed = guards.changeable(slug), Typed(request.form)
    act = typed.one_of("act", ("suspend", "resume", "revoke", "again"), missing=gettext("Elija qué hacer."))
    person = account_team.find(account_team.team(db.session(), consultation), account_id, role)
    if act == "again":
        return _again(consultation, person)
    reason = typed.text("reason", limit=500)
    if typed.errors:
        place = f"person-{account_id}-{role}"
        return _page(consultation, typed.values(), {place: next(iter(typed.errors.values()))}, 422)
    try:
        if act and person.account_id == actor().id:
            _ask(consultation, RoleChange(act), person.role, Terms(language=person.language), reason)
            return redirect(url_for(".listing", slug=slug), 303)
        _change(consultation, person, act, reason)
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, field=f"person-{account_id}-{role}")
        return _page(consultation, typed.values(), typed.errors | refusal.errors, refusal.status)
    _told(slug, person, act or "")
    return redirect(url_for(".listing", slug=slug), 303)


def _again(consultation: ConsultationView, person: Person) -> Response | BaseResponse:
    """Send the invitation once more to who did not choose a password yet."""
    try:
        account_team.invite_again(db.session(), consultation, person, now=now())
    except Conflict as error:
        refusal = answers.refused(error, field=f"person-{person.account_id}-{person.key}")
        return _page(consultation, {}, refusal.errors, refusal.status)
    notices.tell(gettext("Le enviamos otra vez la invitación a %(email)s.", email=person.email))
    return redirect(url_for(".listing", slug=consultation.slug), 303)


def _change(consultation: ConsultationView, person: Person, act: str | None, reason: str) -> None:
    by = guards.by(consultation)
    if act == "revoke":
        account_team.revoke(db.session(), consultation, person, reason=reason, by=by, now=now())
    elif act:
        suspended = act == "suspend"
        account_team.suspend(db.session(), consultation, person, suspended=suspended, reason=reason, by=by, now=now())


def _told(slug: str, person: Person, act: str) -> None:
    """What was done, to whom; what can be taken back is one click away, and that is on record, too."""
    words = {
        "suspend": gettext("El cargo de %(email)s quedó suspendido.", email=person.email),
        "resume": gettext("%(email)s tiene otra vez su cargo.", email=person.email),
        "revoke": gettext("%(email)s ya no tiene ese cargo.", email=person.email),
    }
    back = {"suspend": "resume", "resume": "suspend"}.get(act)
    undo = url_for(".change", slug=slug, account_id=person.account_id, role=person.key) if back else ""
    fields = {"act": back or "", "reason": gettext("Se deshizo enseguida: fue un error.")}
    notices.tell(words[act], undo=undo, fields=fields)


def _page(consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    """With few bodies one is chosen from a list; among many its short name is typed."""
    team = account_team.team(db.session(), consultation)
    some = organizations.some_names(db.session(), consultation, limit=MAX_IN_A_LIST + 1)
    chosen = values.get("organization")
    if chosen and chosen not in some:
        named = organizations.names(db.session(), consultation, [chosen])
        some |= {slug: name["es"] for slug, name in named.items()}
    asked = role_requests.waiting(db.session(), consultation)
    slugs = [p.organization for p in team] + [one.terms.organization for one in asked]
    named = organizations.names(db.session(), consultation, [slug for slug in slugs if slug])
    return answers.private(
        "management/team.html",
        status,
        consultation=consultation,
        team=team,
        values=values,
        errors=errors,
        bodies=some if len(some) <= MAX_IN_A_LIST else None,
        names={slug: name["es"] for slug, name in named.items()},
        listed={slug: localized(name) for slug, name in named.items()},
        grantable=[r.value for r in account_team.GRANTABLE],
        me=actor().id,
        who_answers=_who_answers(team, None),
        asked=asked,
    )
