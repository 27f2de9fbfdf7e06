"""Forums and roundtables: the list, the page of each, calendar, feed and poster; announcing and changing them."""

from __future__ import annotations

from flask import Response, current_app, render_template, url_for

from consulta.documents import calendars, charts, posters, qr, tables
from consulta.domain.forums import reading as forums
from consulta.domain.forums import turnout
from consulta.domain.forums.reading import ForumView
from consulta.domain.papers import minutes, reconciliation
from consulta.models.consultations import ConsultationKind
from consulta.web import answers, db, guards, printed
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.words.i18n import day, gettext, language, localized, number
from consulta.words.markup import drawn

from . import bp


@bp.get("/consultas/<slug>/foros")
@allow(anyone)
def listing(slug: str) -> str:
    """Every forum: those to come, then those that were."""
    consultation = guards.find(slug).view
    found = forums.in_order(forums.listing(db.session(), consultation), now())
    counted = turnout.by_forum(db.session(), consultation)
    known = [(f.key, localized(f.data.name), n) for f, n in turnout.bars(found, counted)]
    return render_template(
        "forums/listing.html",
        consultation=consultation,
        forums=found,
        now=now(),
        counted=counted,
        bars=drawn(charts.bar_rows(charts.bars(known), number)) if known else "",
    )


@bp.get("/consultas/<slug>/foros/<key>")
@allow(anyone)
def one(slug: str, key: str) -> str:
    """A forum: where, when, how to get there, its tables; what changed stands on top."""
    consultation, forum = guards.forum(slug, key)
    sheet = turnout.sheet(db.session(), consultation, forum) if forum.when(now()) == "past" else None
    batches = reconciliation.reconcile(db.session(), forum) if sheet else []
    return render_template(
        "forums/one.html",
        consultation=consultation,
        forum=forum,
        now=now(),
        sheet=sheet,
        batches=batches,
        minutes=minutes.published(db.session(), consultation, forum) if sheet else [],
    )


@bp.get("/consultas/<slug>/foros/<key>.ics")
@allow(anyone)
def calendar(slug: str, key: str) -> Response:
    """The forum as a calendar entry."""
    consultation, forum = guards.forum(slug, key)
    address = settings().base_url + url_for(".one", slug=slug, key=key)
    body = calendars.event(
        uid=f"{slug}-{key}@{settings().base_url.split('//', 1)[-1]}",
        name=localized(forum.data.name),
        starts=forum.data.starts_at,
        ends=forum.data.ends_at,
        all_day=forum.data.all_day,
        zone=consultation.timezone,
        place=", ".join(filter(None, (localized(forum.data.texts.get(n)) for n in ("place", "address")))),
        address=address,
        version=forum.version,
        cancelled=forum.cancelled,
        stamp=forum.versions[0].published_at,
    )
    response = current_app.response_class(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{key}.ics"'
    return response


@bp.get("/consultas/<slug>/foros.atom")
@allow(anyone)
def feed(slug: str) -> Response:
    """The forums as Atom, what changed last first."""
    consultation = guards.find(slug).view
    found = forums.latest(db.session(), consultation)
    return answers.atom("forums/feed.xml", consultation=consultation, versions=found, base=settings().base_url)


@bp.get("/consultas/<slug>/foros/<key>/cartel.pdf")
@allow(anyone)
def poster(slug: str, key: str) -> Response:
    """An A4 poster with a QR code; what changed stands on it too."""
    consultation, forum = guards.forum(slug, key)
    address = settings().base_url + url_for(".one", slug=slug, key=key)
    when = day(consultation.today(forum.data.starts_at))
    if not forum.data.all_day:
        when += f", {forum.data.starts_at.astimezone(consultation.timezone):%H:%M}"
    demo = consultation.kind is ConsultationKind.DEMONSTRATION
    drawn = posters.poster(
        posters.describe(
            call=localized(forum.data.name),
            title=localized(consultation.title),
            closing=_notice(forum),
            hint=f"{when}. {localized(forum.data.texts.get('place'))}",
            address=address.split("//", 1)[-1],
            demo=gettext("Datos de demostración") if demo else "",
            themes=[
                (localized(t.name), localized(t.question), t.colour)
                for t in (consultation.theme_by_id(table.theme_id) for table in forum.tables)
                if t
            ],
            qr=qr.matrix(address),
            language=language(),
        )
    )
    return printed.answer(drawn, max_age=600)


@bp.get("/consultas/<slug>/foros/<key>/asistencia.csv")
@allow(anyone)
def figures(slug: str, key: str) -> Response:
    """Who registered and came, as a file; cells of 1 to 4 people are hidden."""
    consultation, forum = guards.forum(slug, key)
    rows = turnout.rows(turnout.sheet(db.session(), consultation, forum), forum)
    return answers.download(tables.rows(("figure", "key", "n"), rows), consultation, f"foro-{key}")


def _notice(forum: ForumView) -> str:
    if forum.cancelled:
        return gettext("Cancelado: %(why)s", why=localized(forum.versions[0].reason))
    return gettext("Cambió: %(why)s", why=localized(forum.versions[0].reason)) if forum.version > 1 else ""
