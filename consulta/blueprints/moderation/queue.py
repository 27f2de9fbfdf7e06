"""The desk: the queue, one item, a decision, a classification."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, Malformed, NotAllowed
from consulta.domain.moderation import decisions
from consulta.domain.moderation import queue as moderation_queue
from consulta.domain.proposals import reading as proposals
from consulta.domain.results import figures
from consulta.domain.texts import showable
from consulta.forms.fields import Typed
from consulta.forms.flags import grounds
from consulta.forms.guides import GUIDES
from consulta.forms.moderation import ClassificationForm, DecisionForm, read_return
from consulta.models.accounts import RoleName
from consulta.models.contributions import Channel, Kind
from consulta.models.moderation import Verdict
from consulta.web import db, page_cache
from consulta.web.auth import actor, allow, moderates, now, respond_privately, sees_the_desk
from consulta.words.i18n import day, gettext, said

bp = Blueprint("moderation", __name__, url_prefix="/moderacion")


@bp.get("/")
@allow(sees_the_desk)
def desks() -> Response | BaseResponse:
    """The consultations at whose desk one sits; with one, straight to its queue."""
    ids = {role.consultation_id for role in actor().roles if role.role in (RoleName.MODERATOR, RoleName.OBSERVER)}
    found = moderation_queue.desks(db.session(), [id_ for id_ in ids if id_ is not None])
    if len(found) == 1:
        return redirect(url_for(".queue", slug=found[0][0]), 303)
    return _page("moderation/desks.html", found=found)


@bp.get("/<slug>")
@allow(sees_the_desk)
def queue(slug: str) -> Response:
    """What waits, by promised date, narrowed by theme and channel. Kept until something happens or is opened."""
    current = page_cache.find(slug)
    scope = moderation_queue.scope_of(actor(), current.view)
    narrowed, decides = _narrowed(current.view), _decides(current.view)
    leased = moderation_queue.leases(db.session(), current.view, now=now())

    def make() -> str:
        return _queue_page(current.view, scope, narrowed, decides)

    fresh = "_flashes" in session
    page = (
        make() if fresh else page_cache.template_of(current, make, tuple(scope or ()), scope is None, decides, leased)
    )
    return respond_privately(make_response(page_cache.with_token(page)))


def _queue_page(
    consultation: ConsultationView,
    scope: list[int] | None,
    narrowed: tuple[str | None, Channel | None, tuple[date, int] | None],
    decides: bool,
) -> str:
    theme, channel, after = narrowed
    rows = moderation_queue.queue(
        db.session(),
        consultation,
        scope=scope,
        theme=theme,
        channel=channel,
        after=after,
        now=now(),
        limit=moderation_queue.PAGE + 1,
    )
    by_theme, by_channel = figures.waiting(db.session(), consultation)
    theme_names = [*((t.slug, said(t.name)) for t in consultation.themes), ("", gettext("Sin tema todavía"))]
    today = consultation.today(now())
    days = {one.review_by for one in rows}
    due = {
        one: (gettext("Atrasado: ") if one < today else "") + gettext("prometido antes del %(day)s", day=day(one))
        for one in days
    }
    return render_template(
        "moderation/queue.html",
        consultation=consultation,
        rows=rows[: moderation_queue.PAGE],
        more=rows[moderation_queue.PAGE - 1] if len(rows) > moderation_queue.PAGE else None,
        by_theme=by_theme,
        by_channel=by_channel,
        theme=theme,
        channel=channel.value if channel else None,
        decides=decides,
        today=today,
        due=due,
        total=sum(by_theme.values()),
        theme_names=theme_names,
        csrf_mark=page_cache.CSRF_MARK,
    )


@bp.post("/<slug>/siguiente")
@allow(moderates)
def following(slug: str) -> BaseResponse:
    """Open the first that nobody has."""
    return _next(_own_desk(slug))


@bp.post("/<slug>/<int(max=2147483647):number>/abrir")
@allow(moderates)
def open_item(slug: str, number: int) -> BaseResponse:
    """Lease an item; others see by whom."""
    consultation = _own_item(slug, number)
    decisions.open_item(db.session(), consultation, number, account_id=actor().id, now=now())
    return redirect(url_for(".item", slug=slug, number=number), 303)


@bp.get("/<slug>/<int(max=2147483647):number>")
@allow(moderates)
def item(slug: str, number: int) -> Response:
    """One contribution with its history and the two acts."""
    return _item_page(_own_item(slug, number), number, {}, None, 200)


@bp.post("/<slug>/<int(max=2147483647):number>/soltar")
@allow(moderates)
def release(slug: str, number: int) -> BaseResponse:
    """Let go of an item."""
    decisions.release(db.session(), _own_desk(slug), number, account_id=actor().id)
    return redirect(url_for(".queue", slug=slug), 303)


@bp.post("/<slug>/<int(max=2147483647):number>/decidir")
@allow(moderates)
def decide(slug: str, number: int) -> Response | BaseResponse:
    """Publish, or not with a reason; then the next at once."""
    consultation, form = _own_item(slug, number), DecisionForm()
    if not form.validate_on_submit():
        return _item_page(consultation, number, _typed(), _first_error(form.errors), 422)
    try:
        decisions.decide(
            db.session(),
            consultation=consultation,
            number=number,
            verdict=Verdict(form.verdict.data),
            reason_code=form.reason.data or None,
            note=form.note.data or None,
            ordinal=form.ordinal.data or 0,
            account_id=actor().id,
            now=now(),
        )
    except (Conflict, Invalid) as error:
        return _refused(consultation, number, error)
    flash(gettext("Decisión guardada: n.º %(number)s.", number=number))
    return _next(consultation)


@bp.post("/<slug>/<int(max=2147483647):number>/devolver")
@allow(moderates)
def give_back(slug: str, number: int) -> Response | BaseResponse:
    """Give a proposal back, with what to mend and until when; then the next."""
    consultation, typed = _own_item(slug, number), Typed(request.form)
    returned, note, ordinal = read_return(typed)
    if typed.errors or returned is None:
        return _item_page(consultation, number, typed.values(), next(iter(typed.errors.values()), ""), 422)
    try:
        decisions.decide(
            db.session(),
            consultation=consultation,
            number=number,
            verdict=Verdict.RETURN,
            reason_code=None,
            note=note,
            ordinal=ordinal,
            account_id=actor().id,
            now=now(),
            returned=returned,
        )
    except (Conflict, Invalid) as error:
        return _refused(consultation, number, error, typed.values())
    flash(gettext("Se devolvió la propuesta n.º %(number)s.", number=number))
    return _next(consultation)


@bp.post("/<slug>/<int(max=2147483647):number>/clasificar")
@allow(moderates)
def classify(slug: str, number: int) -> Response | BaseResponse:
    """Say what it is about; the item stays open."""
    consultation = _own_item(slug, number)
    form = ClassificationForm(consultation)
    if not form.validate_on_submit():
        return _item_page(consultation, number, _typed(), _first_error(form.errors), 422)
    theme = consultation.theme(form.theme.data) if form.theme.data else None
    mentions = [found for slug_ in form.mentions.data or [] if (found := consultation.theme(slug_)) is not None]
    try:
        decisions.classify(
            db.session(),
            consultation=consultation,
            number=number,
            theme=theme,
            mentions=mentions,
            ordinal=form.ordinal.data or 0,
            account_id=actor().id,
            now=now(),
        )
    except Conflict as error:
        return _refused(consultation, number, error)
    flash(gettext("Tema guardado."))
    scope = moderation_queue.scope_of(actor(), consultation)
    if scope is not None and theme is not None and theme.id not in scope:
        return _next(consultation)
    decisions.open_item(db.session(), consultation, number, account_id=actor().id, now=now())
    return redirect(url_for(".item", slug=slug, number=number), 303)


def _decides(consultation: ConsultationView) -> bool:
    return bool(actor().roles_in(consultation.id, RoleName.MODERATOR))


def _own_desk(slug: str) -> ConsultationView:
    """The consultation, for who moderates it."""
    consultation = page_cache.find(slug).view
    if not _decides(consultation):
        raise NotAllowed("Esta página es del equipo de revisión.")
    return consultation


def _own_item(slug: str, number: int) -> ConsultationView:
    """The same, for an item of one's own themes."""
    consultation = _own_desk(slug)
    moderation_queue.check_scope(db.session(), consultation, actor(), number)
    return consultation


def _next(consultation: ConsultationView) -> BaseResponse:
    scope = moderation_queue.scope_of(actor(), consultation)
    number = decisions.open_next(db.session(), consultation, scope=scope, account_id=actor().id, now=now())
    if number is None:
        return redirect(url_for(".queue", slug=consultation.slug), 303)
    return redirect(url_for(".item", slug=consultation.slug, number=number), 303)


def _refused(
    consultation: ConsultationView, number: int, error: Conflict | Invalid, typed: dict[str, str] | None = None
) -> Response:
    """Undo, and show the item as it is now with what was typed."""
    db.undo(db.session())
    status = 409 if isinstance(error, Conflict) else 422
    return _item_page(consultation, number, typed or _typed(), gettext(error.message, **error.values), status)


def _item_page(
    consultation: ConsultationView, number: int, typed: dict[str, str], error: str | None, status: int
) -> Response:
    found = moderation_queue.item(db.session(), consultation, number, account_id=actor().id, now=now())
    history = moderation_queue.history(db.session(), consultation, found.id)
    return _page(
        "moderation/item.html",
        status,
        consultation=consultation,
        item=found,
        history=history,
        typed=typed,
        error=error,
        today=consultation.today(now()),
        guides=GUIDES,
        grounds=dict(grounds()),
        sheet=proposals.at_the_desk(db.session(), consultation, found.id) if found.kind is Kind.PROPOSAL else None,
    )


def _typed() -> dict[str, str]:
    return {name: showable(request.form.get(name, "")) for name in ("note", "reason", "verdict")}


def _first_error(errors: dict[str, list[str]]) -> str:
    return next((str(found[0]) for found in errors.values() if found), gettext("Revise lo que eligió."))


def _narrowed(consultation: ConsultationView) -> tuple[str | None, Channel | None, tuple[date, int] | None]:
    theme, channel, after = (
        request.args.get("theme"),
        request.args.get("channel"),
        request.args.get("after", ""),
    )
    if theme and consultation.theme(theme) is None:
        raise Malformed("No hay un tema «%(value)s».", value=theme, valid=tuple(t.slug for t in consultation.themes))
    if channel and channel not in list(Channel):
        raise Malformed("No hay un canal «%(value)s».", value=channel, valid=tuple(c.value for c in Channel))
    place = None
    if after:
        day, _, last = after.partition("_")
        try:
            place = (date.fromisoformat(day), int(last[:18]))
        except ValueError as error:
            raise Malformed("El lugar de la lista «%(value)s» no se entiende.", value=after[:40]) from error
    return theme, Channel(channel) if channel else None, place


def _page(name: str, status: int = 200, **values: object) -> Response:
    return respond_privately(make_response(render_template(name, **values), status))
