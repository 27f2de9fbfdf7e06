"""The team's desk: what waits today, the tasks of a process, and the schedule's next version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.database import transactions
from consulta.domain import places
from consulta.domain.accounts import permissions
from consulta.domain.consultations.snapshots import ConsultationView, Stretch
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.intake import assisted
from consulta.domain.management import drafts, pace, reminding, schedules, today
from consulta.domain.management.schedules import ScheduleVersion
from consulta.domain.proposals import team_list
from consulta.domain.texts import showable
from consulta.forms.schedules import MAX_STAGES, ScheduleForm, typed, typed_place, values_of
from consulta.models.accounts import RoleName
from consulta.models.consultations import ConsultationKind
from consulta.web import answers, db, guards, health, notices, workplace
from consulta.web.answers import respond_privately
from consulta.web.auth import actor, allow, coordinates, on_a_team
from consulta.web.context import now, settings
from consulta.words.i18n import gettext

bp = Blueprint("management", __name__, url_prefix="/gestion")
AT_ONCE = 12
"""So many stages fit in one form."""


@bp.get("/")
@allow(coordinates)
def desks() -> Response | BaseResponse:
    """The consultations that one coordinates; with one, straight to it."""
    found, mine = permissions.coordinated(db.session(), actor()), drafts.own(db.session(), actor())
    if len(found) == 1 and not mine and "todas" not in request.args:
        return redirect(url_for(".home", slug=found[0][0]), 303)
    return answers.private("management/desks.html", found=found, drafts=mine)


@bp.get("/<slug>")
@allow(on_a_team)
def home(slug: str) -> Response:
    """*Hoy*: what waits for this person, and how the review goes."""
    consultation = guards.on_team(slug)
    counts = workplace.counts(consultation)
    leads = permissions.leads(actor(), consultation) and consultation.kind is not ConsultationKind.RECORD
    return answers.private(
        "management/home.html",
        consultation=consultation,
        today=consultation.today(now()),
        items=today.today(db.session(), consultation, actor(), counts, now=now()),
        pace=pace.pace(db.session(), consultation, now=now()) if leads or counts.review is not None else None,
        health=health.state(db.session(), settings(), now=now()) if leads else None,
        enters=assisted.may_enter(actor(), consultation),
        roles=sorted({r.role for r in actor().roles_in(consultation.id, *RoleName)}),
    )


@bp.post("/<slug>/recordar")
@allow(coordinates)
def remind(slug: str) -> BaseResponse:
    """Write to whoever reviews and has something past its promise; once a day."""
    consultation = guards.changeable(slug)
    told = reminding.remind(db.session(), consultation, now=now())
    if told:
        flash(gettext("Se recordó por correo a quienes revisan y tienen algo atrasado: %(n)s.", n=told))
    else:
        flash(gettext("Hoy ya se les recordó, o nadie que revise tiene algo atrasado."))
    return redirect(url_for(".home", slug=slug), 303)


@bp.get("/<slug>/proceso")
@allow(coordinates)
def process(slug: str) -> Response:
    """Everything that a coordinator can do, in its groups."""
    return answers.private("management/process.html", consultation=guards.coordinated(slug))


@bp.get("/<slug>/propuestas")
@allow(on_a_team)
def proposals(slug: str) -> Response:
    """Every proposal that was sent and where it is, for the team."""
    consultation = guards.on_team(slug)
    if not permissions.reads_proposals(actor(), consultation):
        raise NotAllowed("Esa lista es de quienes coordinan, revisan o responden.")
    after = places.number(request.args.get("after", ""))
    rows, more = team_list.listing(db.session(), consultation, after=after)
    scope = {r.theme_id for r in actor().roles_in(consultation.id, RoleName.MODERATOR)}
    return answers.private("management/proposals.html", consultation=consultation, rows=rows, more=more, scope=scope)


@bp.get("/<slug>/cronograma")
@allow(coordinates)
def schedule(slug: str) -> Response:
    """The version in force, to write the next; a long one is shown in stretches."""
    consultation = guards.coordinated(slug)
    stretch = consultation.stretch(now(), AT_ONCE, first=guards.place("desde"))
    return _schedule_page(consultation, values_of(stretch.stages), {}, {}, 200, stretch=stretch)


@bp.post("/<slug>/cronograma")
@allow(coordinates)
def publish_schedule(slug: str) -> Response | BaseResponse:
    """Publish the next version, or show the form again with all that was typed."""
    consultation, rows = guards.coordinated(slug), typed(request.form)
    reason = {name: showable(request.form.get(name, ""), 10_000) for name in ("reason_es", "reason_en")}
    if "add" in request.form:
        return _schedule_page(consultation, [*rows, {}][:MAX_STAGES], reason, {}, 200)
    form = ScheduleForm()
    if not form.validate_on_submit():
        return _schedule_page(consultation, rows, reason, form.problems(), 422)
    try:
        schedules.change(
            db.session(),
            consultation=consultation,
            seen=form.seen.data or 0,
            rows=form.rows(consultation),
            reason=form.reason(),
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        return _refused(slug, form, rows, reason, error)
    if "look" in request.form:
        return _looked(consultation, rows, reason)
    see = url_for("consultations.schedule", slug=slug)
    notices.tell(
        gettext("Quedó publicada la versión %(n)s del cronograma.", n=consultation.schedule_version + 1), see=see
    )
    return redirect(url_for(".home", slug=slug), 303)


def _looked(consultation: ConsultationView, rows: list[dict[str, str]], reason: dict[str, str]) -> Response:
    """What would be announced: it is published, read against what stands, and undone."""
    latest = schedules.schedules(db.session(), consultation)[0]
    transactions.undo(db.session())
    return _schedule_page(consultation, rows, reason, {}, 200, look=latest)


def _refused(
    slug: str, form: ScheduleForm, rows: list[dict[str, str]], reason: dict[str, str], error: Invalid | Conflict
) -> Response:
    """Nothing was stored; the page is drawn from what stands now, so a colleague's version is seen beside one's own."""
    where = typed_place(form, error.field) if isinstance(error, Invalid) else ""
    refusal = answers.refused(error, field=where or "reason_es")
    faster = form.seen.data if isinstance(error, Conflict) else None
    return _schedule_page(guards.find(slug).view, rows, reason, refusal.errors, refusal.status, faster)


def _schedule_page(
    consultation: ConsultationView,
    rows: list[dict[str, str]],
    reason: dict[str, str],
    errors: dict[str, Any],
    status: int,
    faster: int | None = None,
    stretch: Stretch | None = None,
    look: ScheduleVersion | None = None,
) -> Response:
    newer = []
    if faster is not None:
        newer = [v for v in schedules.schedules(db.session(), consultation) if v.version > faster]
    page = render_template(
        "management/schedule.html",
        consultation=consultation,
        rows=rows,
        values=reason,
        errors=errors,
        newer=newer,
        stretch=stretch,
        look=look,
    )
    return respond_privately(make_response(page, status))
