"""The figures as screens, files and the command line show them, all from the one table of figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.contributions import GROUP_OF, Kind, Status

from . import tally as result_tally

GROUPS = ("received", "pending", "published", "rejected", "withdrawn", "erased", "annulled")
"""``received`` is the sum of those after it but the last: what an annulled import brought never came."""
Group = dict[str, int]
_GROUP = {status.value: group for status, group in GROUP_OF.items()}


@dataclass(frozen=True)
class Live:
    """The four figures of the home page."""

    received: int
    reviewed: int
    published: int
    answered: int
    by_theme: dict[str, int]


@dataclass(frozen=True)
class Results:
    """Everything that the results page shows. One-way tables: value to figures by group."""

    total: Group
    themes: dict[str, Group]
    mentions: Counter[str]
    confirmed: int
    one_way: dict[str, dict[str, Group]]
    kinds: dict[str, Group]
    days: list[tuple[date, int]]


def live(db: Session, consultation: ConsultationView) -> Live:
    """Received, reviewed by a person, published, answered with a reasoned response (none can be yet)."""
    by_group: Counter[str] = Counter()
    by_theme: Counter[str] = Counter()
    for r in result_tally.read(db, consultation.id, ["theme"]):
        group = _GROUP[r.status]
        by_group[group] += r.n if group != "annulled" else 0
        by_theme[r.theme] += r.n if group == "published" else 0
    received = sum(by_group.values())
    reviewed = by_group["published"] + by_group["rejected"]
    return Live(received, reviewed, by_group["published"], 0, dict(by_theme))


def sheet(db: Session, consultation: ConsultationView) -> Results:
    """The results of a consultation."""
    total, confirmed = _empty(), 0
    themes: dict[str, Group] = defaultdict(_empty)
    kinds: dict[str, Group] = defaultdict(_empty)
    mentions: Counter[str] = Counter()
    one_way: dict[str, dict[str, Group]] = {name: defaultdict(_empty) for name in result_tally.ONE_WAY}
    days: Counter[str] = Counter()
    cells = result_tally.read(db, consultation.id, ["theme", "day", "mention", *result_tally.ONE_WAY])
    for dimension, value, day, theme, kind, status, is_confirmed, n in cells:
        group = _GROUP[status]
        if dimension == "theme":
            for target in (total, themes[theme], kinds[kind]):
                _count(target, group, n)
            confirmed += n if is_confirmed else 0
        elif dimension == "mention":
            mentions[theme] += n if group == "published" else 0
        elif dimension == "day":
            days[day] += n if group != "annulled" else 0
        else:
            _count(one_way[dimension][value], group, n)
    return Results(
        total,
        dict(themes),
        mentions,
        confirmed,
        {k: dict(v) for k, v in one_way.items()},
        dict(kinds),
        [(date.fromisoformat(day), n) for day, n in sorted(days.items()) if n],
    )


def waiting(db: Session, consultation: ConsultationView) -> Counter[tuple[str, str]]:
    """How many contributions wait for a person, by theme slug (empty: none yet) and channel: the rows of the queue."""
    found: Counter[tuple[str, str]] = Counter()
    for r in result_tally.read(db, consultation.id, ["waiting"]):
        found[r.theme, r.value] += r.n
    return found


def tally(db: Session, consultation: ConsultationView, *, as_of: date | None = None, today: date) -> dict[str, Any]:
    """The JSON of ``consulta tally``: from the table, or replayed from the ledger for the end of a day."""
    cells = _replayed(db, consultation, as_of) if as_of else _cells(db, consultation)
    per_theme: dict[str, dict[str, Group]] = defaultdict(lambda: {kind.value: _empty() for kind in Kind})
    total = {kind.value: _empty() for kind in Kind}
    for (theme, kind, status), n in cells.items():
        for target in (per_theme[theme][kind], total[kind]):
            _count(target, _GROUP[status], n)
    mentions: Counter[str] = Counter()
    if as_of is None:
        for r in result_tally.read(db, consultation.id, ["mention"]):
            mentions[r.theme] += r.n if r.status == Status.PUBLISHED else 0
    groups = [group for kinds in per_theme.values() for group in kinds.values()]
    parts = _empty()
    for group in groups:
        for name in GROUPS:
            parts[name] += group[name]
    whole = _empty()
    for group in total.values():
        for name in GROUPS:
            whole[name] += group[name]
    return {
        "consultation": consultation.slug,
        "as_of": (as_of or today).isoformat(),
        "themes": [
            {
                "letter": t.letter,
                "slug": t.slug,
                "name": t.name["es"],
                **per_theme[t.slug],
                **({} if as_of else {"mentions": mentions[t.slug]}),
            }
            for t in consultation.themes
        ],
        "unclassified": per_theme[""],
        "total": total,
        "balanced": whole == parts and all(_balanced(group) for group in [*groups, *total.values()]),
    }


def _balanced(group: Group) -> bool:
    return group["received"] == sum(group[name] for name in GROUPS[1:-1]) and min(group.values()) >= 0


def _cells(db: Session, consultation: ConsultationView) -> Counter[tuple[str, str, str]]:
    cells: Counter[tuple[str, str, str]] = Counter()
    for r in result_tally.read(db, consultation.id, ["theme"]):
        cells[(r.theme, r.kind, r.status)] += r.n
    return cells


def _replayed(db: Session, consultation: ConsultationView, as_of: date) -> Counter[tuple[str, str, str]]:
    """The state of every contribution at the end of a day, from the entries alone."""
    state: dict[str, list[str]] = {}
    for line in ledger.entries(db, consultation.log_id):
        content = line.content
        if _day_of(content["recorded"], consultation) > as_of:
            continue
        payload = content["payload"]
        if content["action"] == Action.RECEIVE:
            state[content["subject"]] = [payload["theme"] or "", payload["kind"], payload["status"]]
        elif content["subject"] in state:
            mine = state[content["subject"]]
            mine[2] = payload.get("status", mine[2])
            if content["action"] == Action.CANCEL:
                mine[2] = Status.ANNULLED.value
            if content["action"] == Action.CLASSIFY:
                mine[0] = payload["theme"] or ""
    return Counter((theme, kind, status) for theme, kind, status in state.values())


def _day_of(recorded: str, consultation: ConsultationView) -> date:
    if len(recorded) == 10:
        return date.fromisoformat(recorded)
    return consultation.today(datetime.fromisoformat(recorded.replace("Z", "+00:00")))


def _empty() -> Group:
    return dict.fromkeys(GROUPS, 0)


def _count(group: Group, name: str, n: int) -> None:
    group["received"] += n if name != "annulled" else 0
    group[name] += n


@dataclass(frozen=True)
class OfTheme:
    """The figures of one theme."""

    group: Group
    mentions: int
    proposals: int


def theme(db: Session, consultation: ConsultationView, slug: str) -> OfTheme:
    """A theme's figures by group, how many published contributions mention it besides, how many are proposals."""
    group, mentions, proposals = _empty(), 0, 0
    for r in result_tally.read(db, consultation.id, ["theme", "mention"]):
        if r.theme != slug:
            continue
        if r.dimension == "theme":
            _count(group, _GROUP[r.status], r.n)
            proposals += r.n if (r.kind, r.status) == (Kind.PROPOSAL, Status.PUBLISHED) else 0
        elif r.status == Status.PUBLISHED:
            mentions += r.n
    return OfTheme(group, mentions, proposals)
