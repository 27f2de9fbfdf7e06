"""Changing a published consultation: texts, themes, lists, reasons, settings; each with a reason, on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import news
from consulta.domain.rows import change as change_row
from consulta.domain.texts import demand_reason
from consulta.models.accounts import Role
from consulta.models.base import Localized, table_of
from consulta.models.comments import Comment
from consulta.models.consultations import Consultation, ConsultationKind, ListItem, Theme
from consulta.models.moderation import Classification
from consulta.models.organizations import Organization
from consulta.models.results import Tally

from . import catalogues, digests
from .as_file import data_of

PARTS = ("title", "texts", "links", "settings", "themes", "lists", "reasons")


def change(
    db: Session,
    consultation: ConsultationView,
    parts: dict[str, Any],
    *,
    seen: int,
    reason: Localized,
    by: By,
    now: datetime,
) -> None:
    """Put new parts in the place of the old. ``Conflict`` if somebody changed it since revision ``seen``; ``Invalid``
    for a theme or choice that contributions bear and the new parts lack, with their number."""
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    demand_reason(
        reason.get("es"),
        Invalid("Escriba por qué cambia, en 10 letras o más: todas las personas lo leerán.", field="reason_es"),
    )
    before = data_of(consultation)
    new = sorted(name for name in PARTS if name in parts and parts[name] != before[name])
    if not new:
        raise Invalid("No cambió nada: no hay nada que publicar.", field="reason_es")
    columns = {name: parts[name] for name in ("title", "texts", "links", "settings") if name in new}
    mine = update(Consultation).where(Consultation.id == consultation.id, Consultation.revision == seen)
    meanwhile = Conflict("Mientras usted escribía, otra persona cambió esta consulta.")
    change_row(db, mine.values(revision=seen + 1, **columns), meanwhile)
    if "themes" in new:
        _themes(db, consultation, parts["themes"])
    if "lists" in new:
        _lists(db, consultation, parts["lists"])
    if "reasons" in new:
        _reasons(db, consultation, parts["reasons"], by=by, now=now)
    modes = _modes(before["settings"], parts.get("settings", before["settings"]))
    event, content = f"change:{seen + 1}", {"what": "changed", "changed": new, "reason": reason, **modes}
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.CONSULTATION_CHANGE,
        recorded=now,
        subject=f"consultation/{consultation.slug}",
        payload={
            "changed": new,
            "reason": reason["es"],
            "settings": parts.get("settings", before["settings"]),
            "sha256": digests.of_consultation(db, consultation.id),
            "news": news.digest(event, content),
        },
    )
    news.announce(db, consultation, event=event, content=content, now=now)


def _modes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """When contributions are shown, before and from now on, if that changed: nobody should have to guess it."""
    was, now = (settings.get("moderation", {}).get("opinion", "before") for settings in (before, after))
    return {} if was == now else {"shown": {"was": was, "now": now}}


def _themes(db: Session, consultation: ConsultationView, themes: list[dict[str, Any]]) -> None:
    known = {t.slug: t.id for t in consultation.themes}
    kept = {t["slug"] for t in themes}
    for slug in known.keys() - kept:
        count = _bearing(db, consultation, slug, known[slug])
        if count:
            raise Invalid(
                "El tema «%(name)s» no se puede quitar: %(count)s aportes lo llevan.",
                name=_called(consultation, slug),
                count=count,
                field="themes",
            )
        if db.execute(select(Role.id).where(Role.theme_id == known[slug])).first():
            raise Invalid(
                "El tema «%(name)s» tiene a quien lo revisa: quítele ese encargo antes.",
                name=_called(consultation, slug),
                field="themes",
            )
        db.execute(delete(Theme).where(Theme.id == known[slug]))
    for slug in kept & known.keys():  # out of the way first: letters are unique, and two themes may change places
        db.execute(update(Theme).where(Theme.id == known[slug]).values(letter=f"~{known[slug]}"))
    for position, t in enumerate(themes):
        values = {
            "position": position,
            "letter": t["letter"],
            "name": t["name"],
            "question": t["question"],
            "briefing": t["briefing"],
            "colour": t["colour"],
            "pictogram": t["pictogram"],
        }
        if t["slug"] in known:
            db.execute(update(Theme).where(Theme.id == known[t["slug"]]).values(**values))
        else:
            db.execute(insert(Theme).values(consultation_id=consultation.id, slug=t["slug"], **values))


def _called(consultation: ConsultationView, slug: str) -> str:
    theme = consultation.theme(slug)
    return theme.name["es"] if theme else slug


def _bearing(db: Session, consultation: ConsultationView, slug: str, theme_id: int) -> int:
    """How many contributions bear a theme, as the primary one, as a mention, did at some time, or comment on it."""
    mine = select(func.coalesce(func.sum(Tally.n), 0)).where(
        Tally.consultation_id == consultation.id, Tally.theme == slug
    )
    primary, mention = (mine.where(Tally.dimension == name) for name in ("theme", "mention"))
    was = select(func.count()).where(Classification.theme_id == theme_id)
    on = select(func.count()).where(table_of(Comment).c.on_theme_id == theme_id)
    return next((n for query in (primary, mention, was, on) if (n := int(db.execute(query).scalar_one()))), 0)


def _lists(db: Session, consultation: ConsultationView, lists: dict[str, list[dict[str, Any]]]) -> None:
    """A choice that somebody made stays: its name may change, its code not."""
    for name, choices in consultation.lists.items():
        gone = {c.code for c in choices} - {item["code"] for item in lists.get(name, [])}
        used = gone & set(_used(db, consultation.id, name))
        if used:
            choice = consultation.choice(name, min(used))
            raise Invalid(
                "«%(name)s» no se puede quitar de la lista: hay aportes o entidades que lo llevan.",
                name=choice.label["es"] if choice else min(used),
                field=name,
            )
    db.execute(delete(ListItem).where(ListItem.consultation_id == consultation.id))
    catalogues.store_lists(db, consultation.id, lists)


def _used(db: Session, consultation_id: int, name: str) -> list[str]:
    if name == "body_sector":
        return list(
            db.execute(
                select(Organization.sector).where(Organization.consultation_id == consultation_id).distinct()
            ).scalars()
        )
    query = select(Tally.value).where(Tally.consultation_id == consultation_id, Tally.dimension == name, Tally.n > 0)
    return list(db.execute(query.distinct()).scalars())


def _reasons(
    db: Session, consultation: ConsultationView, reasons: list[dict[str, Any]], *, by: By, now: datetime
) -> None:
    """A reason whose words changed gets its next version; one that is left out stays in the decisions that named it."""
    known = {r.code: r for r in consultation.reasons}
    if known.keys() - {r["code"] for r in reasons}:
        raise Invalid("Un motivo publicado no se quita: cambie su texto.", field="reasons")
    fresh = [
        {**r, "version": known[r["code"]].version + 1 if r["code"] in known else 1, "position": position}
        for position, r in enumerate(reasons)
        if r["code"] not in known or (known[r["code"]].title, known[r["code"]].text) != (r["title"], r["text"])
    ]
    catalogues.publish_reasons(
        db,
        consultation.id,
        consultation.log_id,
        consultation.origin,
        fresh,
        consultation.today(now),
        now,
        by=by,
    )
