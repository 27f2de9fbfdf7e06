"""Every figure counted again from the contributions themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import tally
from consulta.models.base import table_of
from consulta.models.contributions import IS_WAITING, Contribution, Contributor
from consulta.models.moderation import Mention


def recount(db: Session, consultation: ConsultationView) -> Iterator[tuple[tally.Cell, int]]:
    """Every cell of the figures, counted from the contributions themselves, by grouping in the database."""
    c = table_of(Contribution).c
    person = table_of(Contributor).c
    mine = c.consultation_id == consultation.id
    slug = {t.id: t.slug for t in consultation.themes}
    id_ = consultation.id
    for theme, kind, status, confirmed, n in db.execute(
        select(c.theme_id, c.kind, c.status, c.confirmed, func.count())
        .where(mine)
        .group_by(c.theme_id, c.kind, c.status, c.confirmed)
    ):
        yield (id_, "theme", "", "", slug.get(theme, ""), kind.value, status.value, confirmed), n
    for day, status, n in db.execute(
        select(c.received_on, c.status, func.count()).where(mine).group_by(c.received_on, c.status)
    ):
        yield (id_, "day", "", day.isoformat(), "", "", status.value, False), n
    columns = {"channel": c.channel, "department": c.department}
    columns |= {name: person[name] for name in tally.TRAITS}
    for name, column in columns.items():
        query = select(column, c.kind, c.status, func.count()).where(mine).group_by(column, c.kind, c.status)
        if name in tally.TRAITS:
            query = query.join(table_of(Contributor), person.contribution_id == c.id)
        for value, kind, status, n in db.execute(query):
            yield (
                (id_, name, getattr(value, "value", value) or "", "", "", kind.value, status.value, False),
                n,
            )
    for theme, channel, kind, status, n in db.execute(
        select(c.theme_id, c.channel, c.kind, c.status, func.count())
        .where(mine, IS_WAITING)
        .group_by(c.theme_id, c.channel, c.kind, c.status)
    ):
        yield (id_, "waiting", channel.value, "", slug.get(theme, ""), kind.value, status.value, False), n
    for theme, kind, status, n in db.execute(
        select(Mention.theme_id, c.kind, c.status, func.count())
        .join(table_of(Contribution), c.id == Mention.contribution_id)
        .where(mine)
        .group_by(Mention.theme_id, c.kind, c.status)
    ):
        yield (id_, "mention", "", "", slug.get(theme, ""), kind.value, status.value, False), n
