"""The invented contributions of the demonstration, taken the same way as real ones: admitted, decided, withdrawn."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consulta.domain import codes
from consulta.domain.accounts import accounts
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.authors import rights
from consulta.domain.codes import sha256
from consulta.domain.comments import commentable, flags, submitting, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission, status, targets
from consulta.domain.contributions import incoming as contribution_incoming
from consulta.domain.contributions.status import Occasion
from consulta.domain.days import read_day
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.moderation import decisions
from consulta.models.accounts import Account, RoleName, Sector
from consulta.models.comments import Ground
from consulta.models.contributions import Channel, Kind, Status
from consulta.models.moderation import Verdict

from . import proposals

Event = tuple[datetime, int, Callable[[datetime], None]]
Arrived = dict[str, Any]
"""Of a contribution that came: its row, number, code, and the acts of staff so far."""
NOT_SAID = dict.fromkeys(
    ("title", "theme", "department", "name", "taking_part_as", "age_group", "gender", "language", "held", "note")
)


def fill(db: Session, consultation: ConsultationView, data: dict[str, Any], *, now: datetime) -> None:
    """Staff, then every contribution and what became of it, in the order of time."""
    staff = [_staff(db, consultation, one, now) for one in data["accounts"]]
    moderators = [
        id_
        for id_, one in zip(staff, data["accounts"], strict=True)
        if not one["themes"] and one["role"] == "moderator"
    ]
    events: list[Event] = []
    said = [*data["contributions"], *(_comment(row, consultation) for row in data.get("comments", ()))]
    arrived: list[Arrived] = [{} for _ in said]
    places = {"contribution": 0, "comment": len(data["contributions"])}
    for index, row in enumerate(said):
        row["on"] = {noun: arrived[places[noun] + n] if noun in places else n for noun, n in row.get("on", {}).items()}
        row["supports"] = [arrived[n] for n in row.get("supports", ())]
        events += _events(db, consultation, row, index, moderators[index % len(moderators)], now, arrived[index])
    for index, row in enumerate(data.get("proposals", ())):
        made = proposals.acts(db, consultation, row, moderators[index % len(moderators)], now)
        events += [(at, 100_000 + index * 10 + order, act) for order, (at, act) in enumerate(made)]
    for at, _, act in sorted(events, key=lambda event: event[:2]):
        act(at)


def sign_ins(db: Session) -> list[str]:
    """The addresses of the demonstration's staff."""
    return list(db.execute(select(Account.email).where(Account.demo).order_by(Account.id)).scalars())


def set_passwords(db: Session, password_hash: str) -> None:
    """One password for all of them; they sign in only under ``make run``, from the same machine."""
    db.execute(update(Account).where(Account.demo).values(password_hash=password_hash))


def _staff(db: Session, consultation: ConsultationView, one: dict[str, Any], now: datetime) -> int:
    themes = tuple(t.id for t in consultation.themes if t.letter in one["themes"])
    return accounts.create(
        db,
        email=one["email"],
        role=RoleName(one["role"]),
        consultation_id=consultation.id,
        theme_ids=themes,
        sector=Sector(one["sector"]) if one["sector"] else None,
        organization=one.get("organization"),
        now=now,
        demo=True,
    )


def _events(
    db: Session,
    consultation: ConsultationView,
    row: dict[str, Any],
    index: int,
    moderator: int,
    now: datetime,
    arrived: Arrived,
) -> list[Event]:
    """Arrival, and then confirmation, classification, decision, withdrawal on the days after."""
    day = read_day(row["day"], consultation.today(now))
    opening = datetime.combine(day, time(8), tzinfo=consultation.timezone).astimezone(UTC)
    arrival = min(now, opening + timedelta(minutes=index))
    reviewed = min(now, arrival + timedelta(days=1, hours=2))
    steps: list[tuple[datetime, Callable[[datetime], None]]] = [
        (arrival, lambda at: arrived.update(_arrive(db, consultation, row)))
    ]
    if row["confirmed"]:
        steps.append((arrival, lambda at: _confirm(db, consultation, arrived, at)))
    decided = row["status"] in ("published", "rejected")
    if decided and row["mentions"] and not row["on"]:
        steps.append((reviewed, lambda at: _classify(db, consultation, arrived, row, moderator, at)))
    if decided:
        steps.append((reviewed, lambda at: _decide(db, consultation, arrived, row, moderator, at)))
    if row["status"] == "withdrawn":
        steps.append((reviewed, lambda at: rights.withdraw(db, arrived["folio"], now=at)))
    for supporter in row["supports"]:
        steps.append((now, _supporting(db, consultation, arrived, supporter)))
    if row.get("report"):
        steps.append((min(now, reviewed + timedelta(days=1)), _reporting(db, consultation, arrived, row["report"])))
    return [(at, index * 10 + order, act) for order, (at, act) in enumerate(steps)]


def _arrive(db: Session, consultation: ConsultationView, row: dict[str, Any]) -> dict[str, Any]:
    day = read_day(row["day"], consultation.today(datetime.now(UTC)))
    folio = codes.folio_of(secrets.token_hex(16))
    web = row["channel"] == "web"
    on = _target(db, consultation, row["on"]) if row["on"] else None
    incoming = contribution_incoming.Admission(
        kind=Kind.COMMENT if on else Kind.OPINION,
        on=on,
        channel=Channel(row["channel"]),
        status=Status.HELD if row["status"] == "held" else Status.RECEIVED,
        theme=consultation.theme(row["theme"]) if row["theme"] else None,
        title=row["title"],
        body=row["body"],
        received_on=day,
        department=row["department"],
        name=row["name"],
        publish_name=row["publish_name"],
        taking_part_as=row["taking_part_as"],
        age_group=row["age_group"],
        gender=row["gender"],
        language=row["language"],
        folio_hash=sha256(folio) if web else None,
        held_cause=row["held"],
        mentions=tuple(t for slug in row["mentions"] if on and (t := consultation.theme(slug)) is not None),
    )
    [admitted] = admission.admit(db, consultation, [incoming], today=day, actor=ledger.PUBLIC if web else ledger.SYSTEM)
    return {"id": admitted.id, "number": admitted.number, "folio": folio, "ordinal": 0}


def _comment(row: dict[str, Any], consultation: ConsultationView) -> dict[str, Any]:
    """A comment in the shape of the other contributions."""
    primary, others = submitting.chosen(consultation, row["themes"], consultation.theme(row["themes"][0]))
    return {
        **NOT_SAID,
        "channel": "web",
        "confirmed": False,
        **row,
        "theme": primary.slug,
        "mentions": [theme.slug for theme in others],
    }


def _target(db: Session, consultation: ConsultationView, on: dict[str, Any]) -> targets.Target:
    if "theme" in on:
        return targets.Target(theme=consultation.theme(on["theme"]))
    [what] = on.values()
    return commentable.find(db, consultation, what["number"])[0]


def _supporting(
    db: Session, consultation: ConsultationView, arrived: Arrived, supporter: Arrived
) -> Callable[[datetime], None]:
    """Support by the code of another contribution, which nobody has: so the key may be thrown away, too."""

    def act(at: datetime) -> None:
        who, secret = supports.by_folio(supporter["folio"]), secrets.token_hex(16)
        supports.give(db, consultation, arrived["number"], who=who, secret=secret, now=at)

    return act


def _reporting(
    db: Session, consultation: ConsultationView, arrived: Arrived, report: dict[str, str]
) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        said = flags.Flag(arrived["number"], Ground(report["ground"]), report["line"])
        key = secrets.token_hex(16)
        flags.file(db, consultation=consultation, said=said, submission=key, held_cause=None, now=at)

    return act


def _confirm(db: Session, consultation: ConsultationView, arrived: dict[str, Any], at: datetime) -> None:
    on = Occasion(arrived["number"], Action.CONFIRM, ledger.PUBLIC, consultation.today(at), {"confirmed": True})
    status.change(db, consultation, arrived["id"], on, confirmed=True)


def _classify(
    db: Session,
    consultation: ConsultationView,
    arrived: dict[str, Any],
    row: dict[str, Any],
    moderator: int,
    at: datetime,
) -> None:
    mentions = [theme for slug in row["mentions"] if (theme := consultation.theme(slug)) is not None]
    decisions.classify(
        db,
        consultation=consultation,
        number=arrived["number"],
        mentions=mentions,
        ordinal=arrived["ordinal"],
        theme=consultation.theme(row["theme"]) if row["theme"] else None,
        by=by(db, consultation, moderator),
        now=at,
    )
    arrived["ordinal"] += 1


def _decide(
    db: Session,
    consultation: ConsultationView,
    arrived: dict[str, Any],
    row: dict[str, Any],
    moderator: int,
    at: datetime,
) -> None:
    decisions.decide(
        db,
        consultation=consultation,
        number=arrived["number"],
        reason_code=row["reason"],
        note=row["note"],
        verdict=Verdict.PUBLISH if row["status"] == "published" else Verdict.REJECT,
        ordinal=arrived["ordinal"],
        by=by(db, consultation, moderator),
        now=at,
    )
