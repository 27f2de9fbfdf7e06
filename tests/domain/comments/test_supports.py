"""*A mí también me pasa*: once a person, can be taken back, names nobody; and what a comment can be on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.comments import commentable, supports, threads
from consulta.domain.comments.threads import Thread
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.contributions.status import Occasion
from consulta.domain.errors import Closed, Conflict, Malformed, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.models.comments import Comment, Support
from consulta.models.contributions import Status
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit, comment

SECRET = "s" * 40
ANA, BETO = supports.by_account(1), supports.by_account(2)


@pytest.fixture
def number(database: Database, consultation: ConsultationView) -> int:
    """A published comment on a published opinion."""
    (opinion,) = admit(database, consultation, "Falta agua en mi colonia", status=Status.PUBLISHED, theme="tema-1")
    (made,) = comment(database, consultation, "Aquí también falta", on=opinion.number, key="del autor")
    return made.number


def given(database: Database, view: ConsultationView, number: int, who: str, now: datetime, back: bool = False) -> None:
    """Give a support, or take it back."""
    with database.transaction() as db:
        act = supports.take_back if back else supports.give
        act(db, view, number, who=who, secret=SECRET, now=now)


def counted(database: Database) -> tuple[list[int], int]:
    """What each comment counts, and how many supports are stored."""
    with database.session(read_only=True) as db:
        counts = list(db.execute(select(Comment.supports).order_by(Comment.id)).scalars())
        return counts, len(list(db.execute(select(Support.id))))


def test_a_support_counts_once_a_person(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    for who in (ANA, ANA, BETO, ANA):
        given(database, consultation, number, who, now)
    assert counted(database) == ([2], 2)
    for who in (ANA, ANA, supports.by_account(3)):
        given(database, consultation, number, who, now, back=True)
    assert counted(database) == ([1], 1)
    given(database, consultation, number, ANA, now)
    assert counted(database) == ([2], 2)


def test_every_support_is_an_entry_that_names_nobody(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    given(database, consultation, number, ANA, now)
    given(database, consultation, number, ANA, now, back=True)
    with database.session(read_only=True) as db:
        lines = [
            line for line in log.entries(db, consultation.log_id) if ":support" in line.text or "back" in line.text
        ]
    first, second = (line.content for line in lines[-2:])
    assert [first["action"], second["action"]] == [Action.SUPPORT.value, Action.TAKE_BACK_SUPPORT.value]
    assert first["actor"] == "public"
    assert first["payload"]["mark"] == second["payload"]["mark"], "so that the check can add them up"
    assert "account" not in str(first)
    assert len(first["recorded"]) == len("2026-11-28"), "the day, not the second"


def test_two_supports_of_one_person_cannot_be_linked(consultation: ConsultationView) -> None:
    marks = {
        supports.mark(SECRET, consultation, 1, ANA),
        supports.mark(SECRET, consultation, 2, ANA),
        supports.mark(SECRET, consultation, 1, BETO),
        supports.mark("t" * 40, consultation, 1, ANA),
    }
    assert len(marks) == 4
    assert supports.mark(SECRET, consultation, 1, ANA) in marks
    assert supports.by_folio("1") != supports.by_account(1)


def test_only_published_comments_are_supported(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    (waiting,) = comment(database, consultation, "Espera", on=number, status=Status.RECEIVED)
    for wrong in (1, waiting.number, 999):
        with pytest.raises(NotFound):
            given(database, consultation, wrong, ANA, now)
    with pytest.raises(Closed):
        given(database, consultation, number, ANA, now + timedelta(days=30))
    assert counted(database)[1] == 0


def test_one_may_take_a_support_back_when_the_time_is_over(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    given(database, consultation, number, ANA, now)
    given(database, consultation, number, ANA, now + timedelta(days=30), back=True)
    assert counted(database) == ([0], 0)


def test_a_code_supports_if_it_is_of_something_published_here(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    other = load(database, a_consultation("otra"), now)
    own = codes.folio_of("del autor")
    (here,) = comment(database, consultation, "Otro", on=number, key="otra persona")
    comment(database, consultation, "Espera", on=number, key="espera", status=Status.RECEIVED)
    with database.session(read_only=True) as db:
        supports.check_folio(db, consultation, codes.folio_of("otra persona"), number=number)
        supports.check_folio(db, consultation, own, number=here.number)
        supports.check_folio(db, consultation, codes.folio_of("espera"), number=number, published=False)
        with pytest.raises(Conflict, match="es suyo"):
            supports.check_folio(db, consultation, own, number=number)
        said = set()
        for folio, view in [
            (None, consultation),
            (codes.folio_of("de nadie"), consultation),
            (codes.folio_of("espera"), consultation),
            (own, other),
        ]:
            with pytest.raises(NotFound) as refused:
                supports.check_folio(db, view, folio, number=number)
            said.add(str(refused.value))
    assert len(said) == 1, "whether a code exists must not show"


def test_a_comment_upon_a_comment_is_a_reply_under_its_thread(
    database: Database, consultation: ConsultationView, number: int
) -> None:
    (reply,) = comment(database, consultation, "Respuesta", on=number)
    with database.session(read_only=True) as db:
        first, _ = commentable.find(db, consultation, number)
        second, quoted = commentable.find(db, consultation, reply.number)
    assert (first.parent_number, second.parent_number) == (number, number)
    assert first.contribution_id == second.contribution_id
    assert quoted.number == reply.number


def test_what_is_not_published_or_has_no_such_part_takes_no_comment(
    database: Database, consultation: ConsultationView, number: int
) -> None:
    (waiting,) = admit(database, consultation, "Espera revisión")
    with database.session(read_only=True) as db:
        for wrong, part in [(waiting.number, None), (999, None), (1, "title"), (number, "title")]:
            with pytest.raises(NotFound):
                commentable.find(db, consultation, wrong, part)
        with pytest.raises(NotFound):
            commentable.commitment(db, consultation, 1)


def page(database: Database, consultation: ConsultationView, opinion: int, order: str) -> list[Thread]:
    """The threads of an opinion."""
    with database.session(read_only=True) as db:
        target, _ = commentable.find(db, consultation, opinion)
        assert target.contribution_id is not None
        return list(threads.page(db, consultation, "contribution", target.contribution_id, order=order).threads)


def test_threads_stand_with_their_first_replies(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    (second,) = comment(database, consultation, "Y la luz", on=1, supports_of=2)
    replies = comment(database, consultation, *(f"Respuesta {n}" for n in range(8)), on=number)
    orders = {order: [one.head.number for one in page(database, consultation, 1, order)] for order in threads.ORDERS}
    newest, oldest = [second.number, number], [number, second.number]
    assert orders == {"recientes": newest, "antiguas": oldest, "apoyados": newest}
    first = next(one for one in page(database, consultation, 1, threads.ORDERS[0]) if one.head.number == number)
    shown = [one.number for one in first.replies]
    assert shown == [one.number for one in replies[: threads.FIRST_REPLIES]]
    assert first.more


def test_a_comment_that_is_gone_stays_as_a_note_while_it_has_replies(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    comment(database, consultation, "Respuesta", on=number)
    (alone,) = comment(database, consultation, "Sin respuesta", on=1)
    for gone in (number, alone.number):
        with database.transaction() as db:
            row = status.by_number(db, consultation, gone)
            on = Occasion(gone, Action.WITHDRAW, "public", consultation.today(now))
            status.change(db, consultation, row.id, on, status=Status.WITHDRAWN, awaiting=False)
    (left,) = page(database, consultation, 1, threads.ORDERS[0])
    assert (left.head.number, left.head.body, left.head.status) == (number, None, Status.WITHDRAWN)
    assert [one.body for one in left.replies] == ["Respuesta"]


@pytest.mark.parametrize("raw", [{"order": "x"}, {"after": "x"}, {"after": "1-1"}, {"order": "apoyados", "after": "1"}])
def test_a_place_that_is_none_is_refused(raw: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        threads.place(raw)
