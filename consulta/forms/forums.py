"""A forum as it is typed: days and hours in the consultation's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums.data import TEXTS, ForumData
from consulta.domain.forums.tables import TableData
from consulta.domain.forums.versions import MAX_SEATS
from consulta.models.forums import ForumKind
from consulta.words.i18n import gettext

from .fields import LINE, TEXT, Typed


def read_forum(
    typed: Typed, consultation: ConsultationView, facilitators: dict[str, dict[str, str]], today: date
) -> ForumData:
    """What was typed; ``facilitators``: pseudonyms by sector."""
    kind = typed.one_of("kind", [k.value for k in ForumKind], missing=gettext("Elija qué es."))
    day = typed.day("day", missing=gettext("Escriba qué día es.")) or today
    begins = typed.clock("begins", missing=gettext("Escriba a qué hora empieza.")) or time(8)
    ends = typed.clock("ends", missing=gettext("Escriba a qué hora termina.")) or time(12)
    opens, closes = typed.day("opens_on") or today, typed.day("closes_on")
    zone = consultation.timezone

    def at(on: date, hour: time) -> datetime:
        return datetime.combine(on, hour, tzinfo=zone).astimezone(UTC)

    starts = at(day, begins)
    closing = starts if closes is None else min(starts, at(closes + timedelta(days=1), time()))
    texts = {name: typed.said(name, limit=TEXT) for name in TEXTS}
    if not texts["place"]:
        typed.wrong("place_es", gettext("Escriba dónde es."))
    if texts["photos"] and not typed.flag("photos-warned"):
        said = gettext("Marque que se avisó y se ofreció zona sin fotos, y que no salen niñas ni niños.")
        typed.wrong("photos_es", said)
    return ForumData(
        kind=ForumKind(kind or ForumKind.FORUM),
        name=typed.said("name", limit=LINE, missing=gettext("Escriba el nombre.")),
        starts_at=starts,
        ends_at=at(day, ends),
        opens_at=at(opens, time()),
        closes_at=closing,
        capacity=typed.whole("capacity", 1, MAX_SEATS),
        department=typed.one_of("department", [c.code for c in consultation.lists.get("department", ())]),
        texts={name: text for name, text in texts.items() if text},
        tables=_tables(typed, consultation, facilitators),
    )


def show_forum(data: ForumData, consultation: ConsultationView) -> dict[str, str]:
    """The form's values."""
    zone = consultation.timezone
    starts, ends = data.starts_at.astimezone(zone), data.ends_at.astimezone(zone)
    last = (data.closes_at - timedelta(seconds=1)).astimezone(zone).date()
    values = {
        "kind": data.kind.value,
        "day": starts.date().isoformat(),
        "begins": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "photos-warned": "1" if data.texts.get("photos") else "",
        "opens_on": data.opens_at.astimezone(zone).date().isoformat(),
        "capacity": str(data.capacity),
        "closes_on": "" if data.closes_at == data.starts_at else last.isoformat(),
        "department": data.department or "",
    }
    for name, said in {"name": data.name, **{name: data.texts.get(name, {}) for name in TEXTS}}.items():
        values |= {f"{name}_es": said.get("es", ""), f"{name}_en": said.get("en", "")}
    for table in data.tables:
        values |= {
            f"table-{table.theme}": "1",
            f"capacity-{table.theme}": str(table.capacity or ""),
            f"government-{table.theme}": table.government or "",
            f"civil_society-{table.theme}": table.civil_society or "",
            f"exception-{table.theme}": table.exception or "",
        }
    return values


def _tables(
    typed: Typed, consultation: ConsultationView, facilitators: dict[str, dict[str, str]]
) -> tuple[TableData, ...]:
    found = []
    for theme in consultation.themes:
        if not typed.flag(f"table-{theme.slug}"):
            continue
        seats, why = f"capacity-{theme.slug}", f"exception-{theme.slug}"
        found.append(
            TableData(
                theme=theme.slug,
                capacity=typed.whole(seats, 1, MAX_SEATS) if typed.data.get(seats, "").strip() else None,
                government=typed.one_of(f"government-{theme.slug}", facilitators["gov"]),
                civil_society=typed.one_of(f"civil_society-{theme.slug}", facilitators["cso"]),
                exception=typed.text(why, limit=LINE) or None,
            )
        )
    return tuple(found)
