"""What follows from other rows and is kept for speed: counters, seats, the index of words, what proposals share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session, aliased

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, search, similar
from consulta.domain.contributions.search import Shown
from consulta.domain.dialects import is_postgres
from consulta.domain.forums import data as forum_data
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.forums import AttendanceMark, Forum, ForumTable, ForumVersion, Registration, Seat
from consulta.models.papers import Paper
from consulta.models.proposals import Proposal, ProposalTerm

from .reader import Entry

PIECE = 2000
_C = table_of(Contribution)
_R = table_of(Registration)


class Derived:
    """Recomputed from the rows that it follows from. It needs no entry: those rows have theirs."""

    subjects: frozenset[str] = frozenset()

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view

    def entry(self, entry: Entry) -> None:
        """None."""

    def faults(self) -> Iterator[str]:
        """What is not as it follows."""
        yield from self._forums()
        yield from self._tables()
        yield from self._marks()
        yield from self._index()
        yield from self._terms()

    def _forums(self) -> Iterator[str]:
        """The last place in the line, and the last number of a sheet."""
        place, paper = (
            select(func.coalesce(func.max(column), 0)).where(mine).correlate(Forum).scalar_subquery()
            for column, mine in ((_R.c.place, _R.c.forum_id == Forum.id), (Paper.number, Paper.forum_id == Forum.id))
        )
        query = select(Forum.key, Forum.last_place, Forum.last_paper, place, paper)
        for key, last_place, last_paper, places, papers in self.db.execute(
            query.where(Forum.consultation_id == self.view.id)
        ):
            if (last_place, last_paper) != (places, papers):
                yield f"forum/{key}: its last place or its last sheet is not that of its rows"

    def _tables(self) -> Iterator[str]:
        """Tables, how many each seats, and who sits there."""
        mine = Forum.consultation_id == self.view.id
        contents = select(Forum.key, ForumVersion.content).join(
            ForumVersion, (ForumVersion.forum_id == Forum.id) & (ForumVersion.version == Forum.version)
        )
        said = {
            (key, table.theme): table.capacity
            for key, content in self.db.execute(contents.where(mine))
            for table in forum_data.data_of(content).tables
        }
        seated = select(_R.c.table_id, func.count()).where(_R.c.state == Seat.CONFIRMED)
        counts: dict[int | None, int] = dict(self.db.execute(seated.group_by(_R.c.table_id)).all())
        t, stored = ForumTable, {}
        rows = select(Forum.key, t.id, t.theme_id, t.capacity, t.seated).join(Forum, Forum.id == t.forum_id)
        for key, id_, theme_id, capacity, taken in self.db.execute(rows.where(mine)):
            theme = self.view.theme_by_id(theme_id)
            stored[key, theme.slug if theme else ""] = capacity
            if taken != counts.get(id_, 0):
                yield f"forum/{key}: at a table sit {taken}, its rows say {counts.get(id_, 0)}"
        if stored != said:
            yield "forums: their tables are not those of the versions in force"

    def _marks(self) -> Iterator[str]:
        """Whoever is there has a mark that no other takes back."""
        m, undo = table_of(AttendanceMark), aliased(table_of(AttendanceMark))
        standing = (m.c.registration_id == _R.c.id) & m.c.present & ~exists().where(undo.c.undoes == m.c.mark)
        query = select(_R.c.ref).join(Forum, Forum.id == _R.c.forum_id).where(Forum.consultation_id == self.view.id)
        for ref in self.db.execute(query.where(_R.c.present != exists().where(standing).correlate(_R))).scalars():
            yield f"registration {ref}: whether it is there is not what its marks say"

    def _index(self) -> Iterator[str]:
        """The words by which each published contribution is found, and that no other is."""
        last, seen = 0, 0
        columns = (_C.c.id, _C.c.number, _C.c.title, bodies.BODY, _C.c.theme_id, _C.c.department, _C.c.kind)
        query = bodies.with_body(select(*columns).select_from(_C)).where(
            _C.c.consultation_id == self.view.id, _C.c.status == Status.PUBLISHED
        )
        while rows := self.db.execute(query.where(_C.c.id > last).order_by(_C.c.id).limit(PIECE)).all():
            indexed = self._indexed(rows[0].id, rows[-1].id)
            for id_, number, title, body, theme_id, department, kind in rows:
                shown = Shown(id_, title, body, self.view.theme_by_id(theme_id), department, Kind(kind))
                if indexed.get(id_) != search.words_of(self.db, self.view, shown):
                    yield f"contribution {number}: it is not found by its words"
            seen += len(rows)
            last = rows[-1].id
        if search.count(self.db, self.view) != seen:
            yield "search: it finds what is not published"

    def _indexed(self, first: int, last: int) -> dict[int, Any]:
        postgres = is_postgres(self.db)
        sql = (
            "SELECT id, array_to_string(tsvector_to_array(stems), ' ') FROM search_texts WHERE id BETWEEN :a AND :b"
            if postgres
            else "SELECT rowid, stems FROM search_texts WHERE rowid BETWEEN :a AND :b"
        )
        return dict(self.db.connection().execute(text(sql), {"a": first, "b": last}).all())

    def _terms(self) -> Iterator[str]:
        """The words by which published proposals are held against each other."""
        t = table_of(ProposalTerm)
        stored: dict[int, Counter[str]] = defaultdict(Counter)
        for id_, stem in self.db.execute(select(t.c.proposal_id, t.c.stem).where(t.c.consultation_id == self.view.id)):
            stored[id_][stem] += 1
        p = table_of(Proposal)
        query = select(_C.c.id, _C.c.number, _C.c.title, p.c.body).join(p, p.c.id == _C.c.id)
        shown = query.where(_C.c.consultation_id == self.view.id, _C.c.status == Status.PUBLISHED)
        for id_, number, title, body in self.db.execute(shown):
            if stored.pop(id_, Counter()) != Counter(similar.terms(title, body)):
                yield f"proposal {number}: the words that it shares with others are not its own"
        if stored:
            yield "proposals: words are kept of one that is not published"
