"""A consultation that is being prepared in the browser: begun, changed part by part, checked, published."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.accounts import accounts, permissions
from consulta.domain.accounts.actors import Actor
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import Choice, ConsultationView, ReasonView, StageView, ThemeView
from consulta.domain.days import local_instant, read_day
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.rows import changed
from consulta.domain.texts import sort_key
from consulta.models.accounts import RoleName
from consulta.models.consultations import Consultation, ConsultationKind
from consulta.models.drafts import Draft

from . import loading

RESERVED = ("nueva", "borradores")
TEXTS = ("call", "lead", "act", "act_hint", "convened_by", "privacy_note", "denounce", "privacy_page")
NOTICE_DAYS = 14
"""OGP standard 3: the schedule is public so many days before the first stage opens."""


@dataclass(frozen=True)
class DraftView:
    """A draft; ``key`` is its address, ``content`` has the shape of the file that publishes it."""

    id: int
    key: str
    slug: str
    content: dict[str, Any]
    revision: int
    changed_at: datetime


@dataclass(frozen=True)
class Missing:
    """Something on the check list: in which part it is corrected; ``warning``: it does not keep from publishing."""

    part: str
    message: str
    warning: bool = False


def begin(db: Session, content: dict[str, Any], *, slug: str, title: str, account_id: int, now: datetime) -> str:
    """A new draft; its key. ``Invalid`` or ``Conflict`` for an address that cannot be had."""
    check_slug(db, slug)
    content = {**content, "slug": slug, "kind": ConsultationKind.ORDINARY.value, "title": {"es": title}}
    for name in ("contributions", "accounts", "bodies", "acts", "published"):
        content.pop(name, None)
    key = secrets.token_hex(8)
    try:
        values = {"key": key, "slug": slug, "content": content, "revision": 1, "account_id": account_id}
        db.execute(insert(Draft).values(**values, changed_at=now))
    except IntegrityError as error:
        raise Conflict("Ya hay una consulta con esa dirección: elija otra.") from error
    return key


def check_slug(db: Session, slug: str) -> None:
    """Small letters, digits and hyphens, not taken."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or not 3 <= len(slug) <= 60 or slug in RESERVED:
        raise Invalid("Use de 3 a 60 letras minúsculas sin tilde, números y guiones, como plan-2026.", field="slug")
    taken = db.execute(select(Draft.id).where(Draft.slug == slug)).first()
    if consultations.exists(db, slug) or taken is not None:
        raise Invalid("Ya hay una consulta con esa dirección: elija otra.", field="slug")


def tidy(slug: str) -> str:
    """A short address as it is kept: ``Presupuesto 2027`` is meant as ``presupuesto-2027``."""
    return "-".join(re.findall(r"[a-z0-9]+", sort_key(slug)))


def proposed(db: Session, title: str) -> str:
    """A free short address made of a title, for who writes none."""
    base = tidy(title)[:40].strip("-")
    base = base if len(base) >= 3 else f"consulta-{base}".strip("-")
    for n in range(1, 1000):
        slug = base if n == 1 else f"{base}-{n}"
        try:
            check_slug(db, slug)
        except Invalid:
            continue
        return slug
    raise Conflict("Ya hay una consulta con esa dirección: elija otra.")


def own(db: Session, actor: Actor) -> list[DraftView]:
    """The drafts that one may change: one's own, an administrator's are all."""
    query = select(Draft).order_by(Draft.changed_at.desc(), Draft.id)
    if not permissions.is_admin(actor):
        query = query.where(Draft.account_id == actor.id)
    return [_view(d) for d in db.execute(query).scalars()]


def find(db: Session, key: str, actor: Actor) -> DraftView:
    """A draft of one's own; ``NotFound`` else."""
    d = db.execute(select(Draft).where(Draft.key == key)).scalar_one_or_none()
    if d is None or (d.account_id != actor.id and not permissions.is_admin(actor)):
        raise NotFound("No hay un borrador suyo con esa dirección.")
    return _view(d)


def save(db: Session, draft: DraftView, parts: dict[str, Any], *, seen: int, now: datetime) -> None:
    """Change parts of a draft; ``Conflict`` if somebody changed it since ``seen``."""
    content = {**draft.content, **parts}
    done = changed(
        db,
        update(Draft)
        .where(Draft.id == draft.id, Draft.revision == seen)
        .values(content=content, revision=seen + 1, changed_at=now),
    )
    if not done:
        raise Conflict("Mientras usted escribía, otra persona cambió este borrador.")


def discard(db: Session, draft: DraftView) -> None:
    """Throw a draft away."""
    db.execute(delete(Draft).where(Draft.id == draft.id))


def missing(content: dict[str, Any], *, today: date) -> list[Missing]:
    """What the check list *Listo para publicar* still names, in the order of the parts."""
    found = [Missing("textos", name) for name in ("title", *TEXTS) if not _spanish(content, name)]
    themes = content.get("themes", [])
    found += [Missing("temas", "none")] if not themes else []
    found += [Missing("temas", "question") for t in themes if not t["question"].get("es")][:1]
    found += [Missing("temas", "briefing", warning=True) for t in themes if not t["briefing"].get("es")][:1]
    stages = content.get("stages", [])
    opening = [s for s in stages if "opinion" in s["opens"]]
    found += [Missing("etapas", "none")] if not stages else []
    found += [Missing("etapas", "opens")] if stages and not opening else []
    receives = any("proposal" in s["opens"] for s in stages)
    found += [Missing("etapas", "proposals", warning=True)] if stages and not receives else []
    if opening:
        first = min(read_day(s["starts"], today) for s in opening)
        if first < today + timedelta(days=NOTICE_DAYS):
            found.append(Missing("etapas", "soon", warning=True))
        if max(read_day(s["ends"], today) for s in opening) < today:
            found.append(Missing("etapas", "past"))
    found += [Missing("motivos", "none")] if not content.get("reasons") else []
    found += [Missing("listas", "department", warning=True)] if not content.get("lists", {}).get("department") else []
    english = any(not content[name].get("en") for name in ("title",)) or any(not t["name"].get("en") for t in themes)
    return found + ([Missing("textos", "english", warning=True)] if english else [])


def publish(db: Session, draft: DraftView, *, seen: int, actor: Actor, now: datetime) -> str:
    """Publish a draft that lacks nothing; who publishes coordinates it. The slug."""
    if draft.revision != seen:
        raise Conflict("Mientras usted revisaba, otra persona cambió este borrador. Revíselo otra vez.")
    zone = ZoneInfo(draft.content["timezone"])
    today = now.astimezone(zone).date()
    if any(not m.warning for m in missing(draft.content, today=today)):
        raise Invalid("Todavía falta algo de la lista.", field="publish")
    discard(db, draft)
    if consultations.exists(db, draft.slug):
        raise Conflict("Ya hay una consulta con esa dirección: elija otra.")
    content = {**draft.content, "published": today.isoformat()}
    consultation_id = loading.load(db, content, account_id=actor.id, now=now)
    db.execute(update(Consultation).where(Consultation.id == consultation_id).values(published_at=now))
    accounts.create(
        db,
        email=actor.email,
        role=RoleName.COORDINATOR,
        consultation_id=consultation_id,
        now=now,
        reason="Publicó la consulta",
    )
    return draft.slug


def preview(draft: DraftView, *, now: datetime) -> ConsultationView:
    """The draft as a consultation is read, to be shown as the public will see it."""
    c = draft.content
    zone = ZoneInfo(c["timezone"])
    today = now.astimezone(zone).date()
    return ConsultationView(
        id=0,
        slug=draft.slug,
        kind=ConsultationKind.ORDINARY,
        title=c["title"],
        timezone=zone,
        locale=c["locale"],
        texts=c["texts"],
        links=c.get("links", {}),
        settings=c["settings"],
        revision=0,
        log_id=0,
        origin="",
        themes=tuple(
            ThemeView(n, t["letter"], t["slug"], t["name"], t["question"], t["briefing"], t["colour"], t["pictogram"])
            for n, t in enumerate(c["themes"], start=1)
        ),
        stages=tuple(_stage(s, zone, today) for s in c["stages"]),
        schedule_version=1,
        schedule_since=now,
        lists={
            name: tuple(Choice(i["code"], i["label"], i.get("population"), None) for i in items)
            for name, items in c["lists"].items()
        },
        reasons=tuple(
            ReasonView(n, r["code"], 1, r["title"], r["text"], today) for n, r in enumerate(c["reasons"], start=1)
        ),
    )


def _stage(s: dict[str, Any], zone: ZoneInfo, today: date) -> StageView:
    first, last = read_day(s["starts"], today), read_day(s["ends"], today)
    return StageView(
        key=s["key"],
        number=s.get("number"),
        parent=s.get("parent"),
        title=s["title"],
        participants=s.get("participants"),
        result=s.get("result"),
        notes=s.get("notes"),
        source=s.get("source"),
        theme=s.get("theme"),
        starts_at=local_instant(first, zone),
        opens=tuple(s["opens"]),
        ends_at=local_instant(last + timedelta(days=1), zone),
        first_day=first,
        last_day=last,
        dates=tuple(read_day(d, today) for d in s.get("dates") or ()),
    )


def _spanish(content: dict[str, Any], name: str) -> str:
    said = content["title"] if name == "title" else content["texts"].get(name) or {}
    return str(said.get("es", "")).strip()


def _view(d: Draft) -> DraftView:
    return DraftView(d.id, d.key, d.slug, d.content, d.revision, d.changed_at)
