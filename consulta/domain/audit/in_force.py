"""What a noun's own row says follows from its versions: which is in force, and what is sorted and asked by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import data as forum_data
from consulta.models.acts import Act, ActVersion
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution
from consulta.models.forums import Forum, ForumVersion
from consulta.models.plans import Commitment
from consulta.models.sheets import SheetVersion, StoredSheet

from .reader import Entry

OF_A_FORUM = ("starts_at", "ends_at", "opens_at", "closes_at", "capacity")


class InForce:
    """Acts, forums, commitments and the counter of contributions. It needs no entry: the versions have theirs."""

    subjects: frozenset[str] = frozenset()

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view

    def entry(self, entry: Entry) -> None:
        """None."""

    def faults(self) -> Iterator[str]:
        """What says otherwise than the versions."""
        yield from self._acts()
        yield from self._forums()
        yield from self._commitments()
        yield from self._sheets()
        last = select(func.max(Contribution.number)).where(Contribution.consultation_id == self.view.id)
        counter = select(Consultation.last_number).where(Consultation.id == self.view.id)
        if self.db.execute(counter).scalar_one() != (self.db.execute(last).scalar() or 0):
            yield "contributions: the counter is not the last number"

    def _acts(self) -> Iterator[str]:
        query = _with_last(Act, ActVersion, ActVersion.act_id == Act.id, Act.consultation_id == self.view.id)
        for act, version, last in self.db.execute(query):
            if (act.version, act.day) != (last, version and (version.held_from or version.planned_from)):
                yield f"act/{act.key}: its version or its day is not that of the last version"

    def _forums(self) -> Iterator[str]:
        query = _with_last(
            Forum, ForumVersion, ForumVersion.forum_id == Forum.id, Forum.consultation_id == self.view.id
        )
        for forum, version, last in self.db.execute(query):
            said = forum_data.data_of(version.content) if version else None
            times = {name: getattr(forum, name) for name in OF_A_FORUM}
            if forum.version != last or times != {name: getattr(said, name, None) for name in OF_A_FORUM}:
                yield f"forum/{forum.key}: its version, its hours or its seats are not those of the last version"

    def _sheets(self) -> Iterator[str]:
        """The sheet of a commitment has its theme, and was written on the day of its publication."""
        v, c = SheetVersion, Commitment
        query = select(c.number, c.theme_id, c.published_at, v.theme_id, v.written_on).join(v, v.sheet_id == c.sheet_id)
        for number, theme, at, of_sheet, day in self.db.execute(query.where(c.consultation_id == self.view.id)):
            if (of_sheet, day) not in ((theme, self.view.today(at)), (None, self.view.today(at))):
                yield f"commitment/{number}: its sheet has another theme or another day"

    def _commitments(self) -> Iterator[str]:
        last = func.max(SheetVersion.version)
        query = (
            select(Commitment.number)
            .join(StoredSheet, StoredSheet.id == Commitment.sheet_id)
            .join(SheetVersion, SheetVersion.sheet_id == StoredSheet.id)
            .where(Commitment.consultation_id == self.view.id)
            .group_by(Commitment.number, StoredSheet.version)
            .having(last != StoredSheet.version)
        )
        for number in self.db.execute(query).scalars():
            yield f"commitment/{number}: the version in force is not the last one"


def _with_last(parent: Any, child: Any, joined: Any, mine: Any) -> Any:
    """Each row with its last version, and the number of that."""
    last = select(func.max(child.version)).where(joined).correlate(parent).scalar_subquery()
    return select(parent, child, last).outerjoin(child, joined & (child.version == parent.version)).where(mine)
