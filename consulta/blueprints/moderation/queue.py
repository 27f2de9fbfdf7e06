"""The desk: the queue, one item, a decision, a classification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Response, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain import places
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed
from consulta.domain.moderation import decided as moderation_decided
from consulta.domain.moderation import leases
from consulta.domain.moderation import queue as moderation_queue
from consulta.domain.moderation import scope as moderation_scope
from consulta.domain.results import figures
from consulta.forms.fields import Typed
from consulta.models.accounts import RoleName
from consulta.models.contributions import Channel
from consulta.models.moderation import Verdict
from consulta.web import db, guards, page_cache, workplace
from consulta.web.answers import private, respond_privately
from consulta.web.auth import actor, allow, moderates, sees_the_desk
from consulta.web.context import now
from consulta.words.i18n import day, gettext, localized

from . import bp


@bp.get("/")
@allow(sees_the_desk)
def desks() -> Response | BaseResponse:
    """The consultations at whose desk one sits; with one, straight to its queue."""
    ids = {role.consultation_id for role in actor().roles if role.role in (RoleName.MODERATOR, RoleName.OBSERVER)}
    found = moderation_scope.desks(db.session(), [id_ for id_ in ids if id_ is not None])
    if len(found) == 1:
        return redirect(url_for(".queue", slug=found[0][0]), 303)
    return private("moderation/desks.html", found=found)


@bp.get("/<slug>")
@allow(sees_the_desk)
def queue(slug: str) -> Response:
    """What waits, by promised date, narrowed by theme and channel. Kept until something happens or is opened."""
    current = guards.find(slug)
    scope = moderation_scope.scope_of(actor(), current.view)
    narrowed, decides = _narrowed(current.view), bool(actor().roles_in(current.view.id, RoleName.MODERATOR))
    leased = leases.leases(db.session(), current.view, now=now())

    def make() -> str:
        return _queue_page(current.view, scope, narrowed, decides)

    fresh = "_flashes" in session
    page = (
        make() if fresh else page_cache.template_of(current, make, tuple(scope or ()), scope is None, decides, leased)
    )
    return respond_privately(make_response(page_cache.with_token(page, workplace.header)))


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
    waiting = figures.waiting(db.session(), consultation)
    own = [t for t in consultation.themes if scope is None or t.id in scope]
    theme_names = [*((t.slug, localized(t.name)) for t in own), ("", gettext("Sin tema todavía"))]
    in_view = [slug for slug, _ in theme_names if theme in (None, slug)]
    today = consultation.today(now())
    days = {one.review_by for one in rows}
    due = {
        one: (gettext("Atrasado: ") if one < today else "") + gettext("prometido a más tardar el %(day)s", day=day(one))
        for one in days
    }
    return render_template(
        "moderation/queue.html",
        consultation=consultation,
        rows=rows[: moderation_queue.PAGE],
        more=rows[moderation_queue.PAGE - 1] if len(rows) > moderation_queue.PAGE else None,
        by_theme={slug: _sum(waiting, [slug], channel) for slug, _ in theme_names},
        by_channel={one.value: _sum(waiting, in_view, one) for one in Channel},
        theme=theme,
        channel=channel.value if channel else None,
        decides=decides,
        today=today,
        due=due,
        total=_sum(waiting, [slug for slug, _ in theme_names], None),
        theme_names=theme_names,
        csrf_mark=page_cache.CSRF_MARK,
    )


@bp.get("/<slug>/decidido")
@allow(moderates)
def decided(slug: str) -> Response:
    """*Lo decidido*: mine or everybody's, by verdict; each leads to its item, where another decision can be made."""
    consultation = guards.find(slug).view
    scope = moderation_scope.scope_of(actor(), consultation)
    typed = Typed(request.args)
    mine, verdict = typed.flag("mias"), typed.one_of("decision", list(Verdict))
    after = places.number(request.args.get("after", ""))
    rows = moderation_decided.decided(
        db.session(),
        consultation,
        scope=scope,
        account_id=actor().id if mine else None,
        verdict=Verdict(verdict) if verdict else None,
        after=after,
        limit=moderation_decided.PAGE + 1,
    )
    more = rows[moderation_decided.PAGE - 1].id if len(rows) > moderation_decided.PAGE else None
    return private(
        "moderation/decided.html",
        consultation=consultation,
        rows=rows[: moderation_decided.PAGE],
        more=more,
        mine=mine,
        verdict=verdict,
    )


@bp.get("/<slug>/ir")
@allow(moderates)
def go(slug: str) -> BaseResponse:
    """From the number that was typed to the item."""
    moderation_scope.scope_of(actor(), guards.find(slug).view)
    typed = request.args.get("n", "").strip().removeprefix("n.º").replace(",", "").strip()
    if not typed.isdecimal() or len(typed) > 9:
        raise Malformed("Escriba el número del aporte, solo con cifras.")
    return redirect(url_for(".item", slug=slug, number=int(typed)), 303)


def _sum(waiting: Mapping[tuple[str, str], int], themes: Sequence[str], channel: Channel | None) -> int:
    """How many rows the queue has with these themes and this channel (``None``: any)."""
    return sum(n for (theme, by), n in waiting.items() if theme in themes and channel in (None, by))


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
    return theme, Channel(channel) if channel else None, places.day(after) if after else None
