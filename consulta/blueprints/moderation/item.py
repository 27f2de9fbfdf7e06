"""One item of the desk: open it, decide, classify, give it back, let go of it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.moderation import decisions, items, leases
from consulta.domain.moderation import history as moderation_history
from consulta.domain.moderation import scope as moderation_scope
from consulta.domain.proposals import reading as proposals
from consulta.domain.texts import showable
from consulta.forms.fields import Typed
from consulta.forms.flags import grounds
from consulta.forms.guides import GUIDES
from consulta.forms.moderation import ClassificationForm, DecisionForm, read_return
from consulta.models.accounts import RoleName
from consulta.models.contributions import Channel, Kind
from consulta.models.moderation import Verdict
from consulta.web import answers, db, guards, notices
from consulta.web.answers import private
from consulta.web.auth import actor, allow, moderates
from consulta.web.context import now
from consulta.words.i18n import gettext

from . import bp


@bp.post("/<slug>/<int(max=2147483647):number>/abrir")
@allow(moderates)
def open_item(slug: str, number: int) -> BaseResponse:
    """Lease an item; others see by whom."""
    consultation = _own_item(slug, number)
    leases.open_item(db.session(), consultation, number, by=guards.by(consultation), now=now())
    return redirect(url_for(".item", slug=slug, number=number, **_filters(consultation)), 303)


@bp.get("/<slug>/<int(max=2147483647):number>")
@allow(moderates)
def item(slug: str, number: int) -> Response:
    """One contribution with its history and the two acts."""
    return _item_page(_own_item(slug, number), number, {}, None, 200)


@bp.post("/<slug>/<int(max=2147483647):number>/soltar")
@allow(moderates)
def release(slug: str, number: int) -> BaseResponse:
    """Let go of an item."""
    leases.release(db.session(), _own_desk(slug), number, by=guards.by(_own_desk(slug)))
    return redirect(url_for(".queue", slug=slug, **_filters(_own_desk(slug))), 303)


@bp.post("/<slug>/<int(max=2147483647):number>/decidir")
@allow(moderates)
def decide(slug: str, number: int) -> Response | BaseResponse:
    """Publish, or not with a reason; then the next at once."""
    consultation, form = _own_item(slug, number), DecisionForm()
    about = _chosen_anew(consultation, number)
    if not form.validate_on_submit() or (about is not None and not about.validate()):
        found = {**form.errors, **(about.errors if about else {})}
        return _item_page(consultation, number, _typed(), _first_error(found), 422)
    ordinal = form.ordinal.data or 0
    try:
        if about is not None:
            _classify(consultation, number, about, ordinal)
            ordinal += 1
        decisions.decide(
            db.session(),
            consultation=consultation,
            number=number,
            verdict=Verdict(form.verdict.data),
            reason_code=form.reason.data or None,
            note=form.note.data or None,
            ordinal=ordinal,
            by=guards.by(consultation),
            now=now(),
        )
    except (Conflict, Invalid) as error:
        return _refused(consultation, number, error)
    published = form.verdict.data == Verdict.PUBLISH
    done = gettext("Publicado el n.º %(number)s.", number=number)
    not_done = gettext("No se publicó el n.º %(number)s.", number=number)
    notices.tell(done if published else not_done, see=url_for(".item", slug=slug, number=number))
    return _next(consultation)


@bp.post("/<slug>/<int(max=2147483647):number>/devolver")
@allow(moderates)
def give_back(slug: str, number: int) -> Response | BaseResponse:
    """Give a proposal back, with what to correct and until when; then the next."""
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
            by=guards.by(consultation),
            now=now(),
            returned=returned,
        )
    except (Conflict, Invalid) as error:
        return _refused(consultation, number, error, typed.values())
    see = url_for(".item", slug=slug, number=number)
    notices.tell(gettext("Se devolvió la propuesta n.º %(number)s.", number=number), see=see)
    return _next(consultation)


@bp.post("/<slug>/<int(max=2147483647):number>/clasificar")
@allow(moderates)
def classify(slug: str, number: int) -> Response | BaseResponse:
    """Say what it is about; the item stays open."""
    consultation = _own_item(slug, number)
    form = ClassificationForm(consultation)
    if not form.validate_on_submit():
        return _item_page(consultation, number, _typed(), _first_error(form.errors), 422)
    try:
        theme = _classify(consultation, number, form, form.ordinal.data or 0)
    except Conflict as error:
        return _refused(consultation, number, error)
    flash(gettext("Tema guardado."))
    scope = moderation_scope.scope_of(actor(), consultation)
    if scope is not None and theme is not None and theme.id not in scope:
        return _next(consultation)
    leases.open_item(db.session(), consultation, number, by=guards.by(consultation), now=now())
    if request.form.get("note") or request.form.get("reason"):
        return _item_page(consultation, number, _typed(), None, 200)  # what is not decided yet stays in the form
    return redirect(url_for(".item", slug=slug, number=number, **_filters(consultation)), 303)


def _chosen_anew(consultation: ConsultationView, number: int) -> ClassificationForm | None:
    """What was chosen beside a decision, if it is not what stands there."""
    if "theme" not in request.form:
        return None
    stands = items.item(db.session(), consultation, number, account_id=actor().id, now=now())
    slugs = {one.id: one.slug for one in consultation.themes}
    theme, mentions = request.form["theme"], set(request.form.getlist("mentions")) - {request.form["theme"]}
    if theme == slugs.get(stands.theme_id or 0, "") and mentions == {slugs[one] for one in stands.mentions}:
        return None
    return ClassificationForm(consultation)


def _classify(consultation: ConsultationView, number: int, form: ClassificationForm, ordinal: int) -> ThemeView | None:
    """Say what it is about, as chosen; the theme."""
    theme = consultation.theme(form.theme.data) if form.theme.data else None
    mentions = [found for slug_ in form.mentions.data or [] if (found := consultation.theme(slug_)) is not None]
    decisions.classify(
        db.session(),
        consultation=consultation,
        number=number,
        theme=theme,
        mentions=mentions,
        ordinal=ordinal,
        by=guards.by(consultation),
        now=now(),
    )
    return theme


def _own_item(slug: str, number: int) -> ConsultationView:
    """The same, for an item of one's own themes."""
    consultation = _own_desk(slug)
    moderation_scope.check_scope(db.session(), consultation, actor(), number)
    return consultation


def _refused(
    consultation: ConsultationView, number: int, error: Conflict | Invalid, typed: dict[str, str] | None = None
) -> Response:
    """Undo, and show the item as it is now with what was typed."""
    refusal = answers.refused(error)
    return _item_page(consultation, number, typed or _typed(), refusal.message, refusal.status)


def _item_page(
    consultation: ConsultationView, number: int, typed: dict[str, str], error: str | None, status: int
) -> Response:
    found = items.item(db.session(), consultation, number, account_id=actor().id, now=now())
    history = moderation_history.history(db.session(), consultation, found.id)
    return private(
        "moderation/item.html",
        status,
        consultation=consultation,
        item=found,
        history=history,
        typed=typed,
        filters=_filters(consultation),
        chosen=_chosen(consultation, found),
        error=error,
        today=consultation.today(now()),
        guides=GUIDES,
        grounds=dict(grounds()),
        sheet=proposals.at_the_desk(db.session(), consultation, found.id) if found.kind is Kind.PROPOSAL else None,
    )


def _chosen(consultation: ConsultationView, found: items.Item) -> dict[str, Any]:
    """The themes in the form: those chosen, if a form was sent, else those that stand there."""
    if "theme" in request.form:
        return {"theme": request.form["theme"], "mentions": request.form.getlist("mentions")}
    slugs = {one.id: one.slug for one in consultation.themes}
    return {"theme": slugs.get(found.theme_id or 0, ""), "mentions": [slugs[one] for one in found.mentions]}


def _typed() -> dict[str, str]:
    return {name: showable(request.form.get(name, "")) for name in ("note", "reason", "verdict")}


def _first_error(errors: dict[str, list[str]]) -> str:
    return next((str(found[0]) for found in errors.values() if found), gettext("Revise lo que eligió."))


@bp.post("/<slug>/siguiente")
@allow(moderates)
def following(slug: str) -> BaseResponse:
    """Open the first that nobody has."""
    return _next(_own_desk(slug))


def _own_desk(slug: str) -> ConsultationView:
    """The consultation, for who moderates it."""
    consultation = guards.find(slug).view
    if not actor().roles_in(consultation.id, RoleName.MODERATOR):
        raise NotAllowed("Esta página es del equipo de revisión.")
    return consultation


def _next(consultation: ConsultationView) -> BaseResponse:
    """The next that may be decided upon, within the filters with which one came; without one, the queue."""
    scope, kept = moderation_scope.scope_of(actor(), consultation), _filters(consultation)
    channel = Channel(kept["channel"]) if "channel" in kept else None
    number = leases.open_next(
        db.session(),
        consultation,
        scope=scope,
        theme=kept.get("theme"),
        channel=channel,
        by=guards.by(consultation),
        now=now(),
    )
    if number is None:
        return redirect(url_for(".queue", slug=consultation.slug, **kept), 303)
    return redirect(url_for(".item", slug=consultation.slug, number=number, **kept), 303)


def _filters(consultation: ConsultationView) -> dict[str, Any]:
    """Those of the queue, which go along in the address from item to item; one that says nothing is dropped."""
    theme, channel = request.args.get("theme"), request.args.get("channel")
    known = theme is not None and (theme == "" or consultation.theme(theme) is not None)
    kept = {"theme": theme} if known and theme is not None else {}
    return kept | ({"channel": channel} if channel in list(Channel) and channel else {})
