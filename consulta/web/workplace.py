"""The frame around every page of the team, refusals too: where one is, who one is, and what waits in which section.

Its pages are those below ``PLACES``, for whoever is signed in. What is counted is read once for each version of the
consultation's log, for all that is counted has its entry there.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, current_app, g, render_template, request, url_for
from markupsafe import Markup

from consulta.domain.accounts import permissions
from consulta.domain.accounts.actors import Actor
from consulta.domain.consultations.snapshots import ConsultationView, Current
from consulta.domain.errors import DomainError
from consulta.domain.management import waiting
from consulta.domain.management.waiting import Counts
from consulta.models.accounts import RoleName
from consulta.models.consultations import ConsultationKind
from consulta.words.i18n import gettext
from consulta.words.labels import label
from consulta.words.markup import own_words

from . import auth, db, guards, page_cache

PLACES = ("gestion", "moderacion", "cuenta")
KEPT = 200
SECTION_OF = {
    "moderation": "review",
    "voices": "answer",
    "forums": "forums",
    "attendance": "forums",
    "marks": "forums",
    "papers": "forums",
    "minutes": "forums",
    "people": "people",
    "organizations": "people",
}
"""In which section the pages of a blueprint stand; those of any other stand in *Proceso*."""
SECTION_OF_PAGE = {
    "management.home": "today",
    "management.proposals": "proposals",
    "acts.minutes": "answer",
    "acts.speak": "answer",
    "organizations.verify": "answer",
    "organizations.decide": "answer",
    "organizations.look": "answer",
}


@dataclass(frozen=True)
class Section:
    """A part of the workplace; ``n``: how much waits there, up to 1,001, or ``None``."""

    name: str
    title: str
    href: str
    n: int | None = None

    @property
    def count(self) -> str:
        """How much waits, in figures."""
        return "" if not self.n else "1,000+" if self.n > waiting.MANY else str(self.n)


@dataclass(frozen=True)
class Frame:
    """``consultation``: ``None`` where no one consultation is looked at; ``here``: the name of the section."""

    actor: Actor
    consultation: ConsultationView | None
    roles: tuple[str, ...]
    sections: tuple[Section, ...]
    here: str


def init_app(app: Flask) -> None:
    """Give templates the frame."""
    app.extensions["workplace"] = OrderedDict()
    app.jinja_env.globals.update(workplace=frame, way_back=way_back, team_header=_head)


def frame() -> Frame | None:
    """The frame of this request; ``None`` on a page that is not the team's, or for nobody."""
    if request.path.split("/", 2)[1] not in PLACES:
        return None
    if "workplace" not in g:
        try:
            staff = auth.person()
            g.workplace = _made(staff.actor) if staff else None
        except page_cache.UNREACHABLE:  # a refusal is told without it; whoever needs the database is told by the view
            auth.ask_nobody()
            g.workplace = None
    found: Frame | None = g.workplace
    return found


def _made(actor: Actor) -> Frame:
    current = _consultation(actor)
    if current is None:
        return Frame(actor, None, (), (), "")
    view = current.view
    names = sorted({r.role for r in actor.roles if r.consultation_id in (view.id, None)})
    sections = tuple(_sections(actor, current))
    here = _here()
    known = here in {one.name for one in sections}
    return Frame(actor, view, tuple(map(label, names)), sections, here if known else "today")


def _consultation(actor: Actor) -> Current | None:
    """The consultation of this address, if somebody has work in it."""
    parts = request.path.split("/")
    slug = (request.view_args or {}).get("slug") or (parts[2] if len(parts) > 2 else "")
    if not slug or "\x00" in slug:
        return None
    with suppress(DomainError):
        current = guards.found(slug) or guards.find(slug)
        if permissions.on_team(actor, current.view):
            return current
    return None


def _here() -> str:
    endpoint = request.endpoint or ""
    return SECTION_OF_PAGE.get(endpoint) or SECTION_OF.get(endpoint.partition(".")[0], "process")


def _sections(actor: Actor, current: Current) -> list[Section]:
    view, counts = current.view, _counts(actor, current)
    slug, has = view.slug, {r.role for r in actor.roles_in(view.id, *RoleName)}
    coordinates = permissions.leads(actor, view)
    record = view.kind is ConsultationKind.RECORD
    found = [Section("today", gettext("Hoy"), url_for("management.home", slug=slug))]
    if counts.review is not None:
        title = gettext("Revisión")
        found.append(Section("review", title, url_for("moderation.queue", slug=slug), counts.review))
    if counts.answer is not None and not record:
        title = gettext("Por responder")
        found.append(Section("answer", title, url_for("voices.listing", slug=slug), counts.answer))
    if coordinates or RoleName.FACILITATOR in has:
        found.append(Section("forums", gettext("Foros"), url_for("forums.desk", slug=slug)))
    if view.opens("proposal") and permissions.reads_proposals(actor, view):
        found.append(Section("proposals", gettext("Propuestas"), url_for("management.proposals", slug=slug)))
    if coordinates:
        found.append(Section("people", gettext("Personas y entidades"), url_for("people.listing", slug=slug)))
        found.append(Section("process", gettext("Proceso"), url_for("management.process", slug=slug)))
    return found


def _head() -> str:
    """In a page that is kept for many a mark, for the frame says who is signed in."""
    return page_cache.HEADER_MARK if g.get("for_many") else header()


def header() -> Markup:
    """The frame's head, for whoever is signed in."""
    return own_words(render_template("frame/workplace.html", place=frame()))


def way_back() -> str:
    """Where somebody was before a refusal, if it was in the workplace; else *Hoy*; empty outside of it."""
    place = frame()
    if place is None:
        return ""
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:
        came = urlsplit("")
    here = came.netloc == request.host and came.path.split("/", 2)[1:2] and came.path.split("/", 2)[1] in PLACES
    if here and came.path != request.path:
        return came.path + (f"?{came.query}" if came.query else "")
    view = place.consultation
    return url_for("management.home", slug=view.slug) if view else url_for("accounts.own")


def counts(consultation: ConsultationView) -> Counts:
    """What waits for whoever is signed in, as the frame shows it."""
    current = guards.found(consultation.slug) or guards.find(consultation.slug)
    return _counts(auth.actor(), current)


def _counts(actor: Actor, current: Current) -> Counts:
    view, kept = current.view, current_app.extensions["workplace"]
    mine = tuple(r for r in actor.roles if r.consultation_id == view.id)
    key = (view.id, view.revision, current.version, mine)
    found: Counts | None = kept.get(key)
    if found is None:
        found = kept[key] = waiting.counts(db.session(), view, actor)
        while len(kept) > KEPT:
            kept.popitem(last=False)
    return found
