"""A proposal is sent, read, found, corrected, taken back, erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import similar, status
from consulta.domain.errors import Closed, Conflict, Invalid, Malformed, NotAllowed, NotFound
from consulta.domain.ledger import log
from consulta.domain.moderation import decisions
from consulta.domain.moderation.returns import Returned
from consulta.domain.proposals import advising, dismissals, erasure, listing, reading, sending
from consulta.domain.proposals.listing import Filters
from consulta.domain.proposals.sources import Sources
from consulta.domain.sheets.sheet import Line, Sheet
from consulta.models.contributions import Status
from consulta.models.moderation import Verdict
from consulta.models.sheets import SheetVersion
from tests.support import drafts, moderation, proposals
from tests.support.audits import sound
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.proposals import consultation

__all__ = ["consultation"]


def published(
    database: Database, view: ConsultationView, now: datetime, key: str = "k", account: int = 0, **changes: Any
) -> int:
    """A proposal that stands in public; its number."""
    organization = changes.pop("organization", "")
    draft = drafts.written(database, view, now, key, organization, account)
    if changes:
        drafts.save(database, draft, now, **changes)
        draft = drafts.find(database, view, draft.key, account)
    number = drafts.send(database, draft, now, name="Eva Pú", publish_name=True)
    moderation.decide(database, view, staff(database, view), number)
    return number


def listed(database: Database, view: ConsultationView, **by_: Any) -> list[int]:
    """The numbers of a list."""
    with database.session(read_only=True) as db:
        return [row.number for row in listing.listing(db, view, Filters(**by_))[0]]


def test_a_proposal_keeps_what_was_sent_and_the_ledger_names_neither_text_nor_person(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    draft = drafts.written(database, consultation, now)
    number = drafts.send(database, draft, now, name="Eva Pú", email="eva@persona.example")
    with database.session(read_only=True) as db:
        row = status.by_number(db, consultation, number)
        assert reading.at_the_desk(db, consultation, row.id) == draft.sheet
        promised = sending.promised(db, consultation, number)
        entries = [line.content for line in log.entries(db, consultation.log_id)]
        with pytest.raises(NotFound):
            reading.one(db, consultation, number)
    assert (promised.number, promised.received_on) == (number, consultation.today(now))
    [version] = [one for one in entries if one["subject"] == f"proposal/{number}@1"]
    assert set(version["payload"]["commitments"]) == {"dismissed", "sheet", "unrelated"}
    for private in ("medicinas", "Eva", "persona.example", "Nadie lo dijo"):
        assert private not in str(entries)
    sound(database)


@pytest.mark.parametrize("field", ["theme", "title", "problem", "action"])
def test_four_things_block_and_nothing_else(
    database: Database, consultation: ConsultationView, now: datetime, field: str
) -> None:
    draft = drafts.written(database, consultation, now)
    with pytest.raises(Invalid) as refused:
        drafts.send(database, replace(draft, sheet=replace(draft.sheet, **{field: None})), now)
    assert refused.value.field == field
    drafts.send(database, draft, now)


def test_who_may_send_when_and_how_often(database: Database, consultation: ConsultationView, now: datetime) -> None:
    draft = drafts.written(database, consultation, now)
    with pytest.raises(NotAllowed):
        drafts.send(database, draft, now, signs=False)
    with pytest.raises(Closed):
        drafts.send(database, draft, now + timedelta(days=60))
    drafts.send(database, draft, now)
    with pytest.raises(Conflict):
        drafts.send(database, draft, now)


def test_a_returned_proposal_is_corrected_after_the_window_and_keeps_its_first_date(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    draft = drafts.written(database, consultation, now)
    number, account = drafts.send(database, draft, now), staff(database, consultation)
    with database.transaction() as db:
        due = consultation.today(now) + timedelta(days=30)
        args: dict[str, Any] = {"reason_code": None, "note": "Diga a quién afecta.", "ordinal": 0, "now": now}
        who, asked = by(db, consultation, account), Returned(("problem",), due)
        decisions.decide(
            db, consultation=consultation, number=number, verdict=Verdict.RETURN, by=who, returned=asked, **args
        )
    reopened = drafts.find(database, consultation, draft.key)
    with database.session(read_only=True) as db:
        standing = sending.standing(db, reopened)
    assert (standing["number"], standing["returned"], standing["note"]) == (number, asked, "Diga a quién afecta.")
    later = now + timedelta(days=20)
    drafts.save(database, reopened, later, problem="Afecta a quien se enferma.")
    assert drafts.send(database, drafts.find(database, consultation, draft.key), later) == number
    moderation.decide(database, consultation, account, number, ordinal=1)
    with database.session(read_only=True) as db:
        first, second = (reading.one(db, consultation, number, version=n) for n in (1, 2))
        with pytest.raises(NotFound):
            reading.one(db, consultation, number, version=3)
    assert first.sheet is not None
    assert second.sheet is not None
    assert (first.sheet.problem, second.sheet.problem) == (drafts.WHOLE["problem"], "Afecta a quien se enferma.")
    assert [one.version for one in second.versions] == [1, 2]
    assert second.received_on == consultation.today(now)
    sound(database)


def test_what_is_read_of_a_proposal(database: Database, consultation: ConsultationView, now: datetime) -> None:
    admit(database, consultation, "Faltan medicinas", status=Status.PUBLISHED)
    draft = drafts.written(database, consultation, now)
    emails = (Line("a@x.gob.gt", "a@x.gob.gt"),)
    drafts.save(database, draft, now, emails=emails)
    draft = drafts.find(database, consultation, draft.key)
    drafts.save(database, draft, now, "answers", sources=Sources((1,), (), None))
    with database.transaction() as db:
        today = consultation.today(now)
        dismissals.dismiss(db, draft.sheet_id, "N06", "Así se acordó en la mesa.", today=today)
    draft = drafts.find(database, consultation, draft.key)
    number = drafts.send(database, draft, now, name="Eva Pú", publish_name=True)
    moderation.decide(database, consultation, staff(database, consultation), number)
    with database.session(read_only=True) as db:
        one = reading.one(db, consultation, number)
        assert reading.answering(db, consultation, status.by_number(db, consultation, 1).id) == [
            (number, drafts.WHOLE["title"])
        ]
        assert reading.all_sheets(db, consultation, limit=5) == [(number, one.sheet)]
        assert reading.published(db, consultation, limit=5) == [number]
    assert one.sheet is not None
    assert one.sheet.emails == (), "addresses are nobody's to read"
    assert (one.proponent, one.sources.contributions) == ({"es": "Eva Pú"}, (1,))
    assert one.dismissed == {"N06": "Así se acordó en la mesa."}
    assert [step.kind for step in one.steps] == ["publish"]
    sound(database)


def test_the_list_is_narrowed(database: Database, consultation: ConsultationView, now: datetime) -> None:
    [ana] = proposals.body(database, consultation, "vecinas", now, ana=True)
    first = published(database, consultation, now, "a", title="Agua limpia", theme="tema-1")
    second = published(database, consultation, now, "b", account=ana, organization="vecinas")
    waiting = drafts.send(database, drafts.written(database, consultation, now, "c"), now)
    third = drafts.send(database, drafts.written(database, consultation, now, "d"), now)
    account = staff(database, consultation)
    moderation.decide(database, consultation, account, third, verdict=Verdict.REJECT, reason="off-topic")
    assert listed(database, consultation) == [second, first]
    assert listed(database, consultation, theme="tema-1") == [first]
    assert listed(database, consultation, organization="vecinas") == [second]
    assert listed(database, consultation, organization="-") == [first]
    assert listed(database, consultation, sector="cso") == [second]
    assert listed(database, consultation, sector="executive") == []
    assert listed(database, consultation, q="agua") == [first]
    assert listed(database, consultation, after=second) == [first]
    assert listed(database, consultation, status=Status.REJECTED) == [third]
    assert waiting not in listed(database, consultation, status=Status.WITHDRAWN)
    for wrong in ({"theme": "otro"}, {"status": "received"}, {"status": "nada"}):
        with pytest.raises(Malformed) as refused:
            listed(database, consultation, **wrong)
        assert refused.value.valid
    with database.session(read_only=True) as db:
        [rejected] = listing.listing(db, consultation, Filters(status=Status.REJECTED))[0]
    assert (rejected.title, rejected.excerpt, rejected.proponent) == (None, "", None)


def test_a_page_of_the_list_is_followed_by_the_next(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    numbers = [published(database, consultation, now, str(n)) for n in range(listing.PAGE + 1)]
    with database.session(read_only=True) as db:
        rows, after = listing.listing(db, consultation, Filters())
        rest, end = listing.listing(db, consultation, Filters(after=after))
    assert [row.number for row in [*rows, *rest]] == numbers[::-1]
    assert (len(rows), after, end) == (listing.PAGE, numbers[1], None)


def test_a_proposal_is_taken_back_with_a_note(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    number = published(database, consultation, now)
    with database.transaction() as db:
        for wrong in ("corta", "x" * 1_001):
            with pytest.raises(Invalid):
                sending.withdraw(db, number, consultation, wrong, now=now)
        sending.withdraw(db, number, consultation, "Otra propuesta ya lo dice.", now=now)
    with database.session(read_only=True) as db:
        one = reading.one(db, consultation, number)
    assert (one.status, one.sheet, one.withdrawal) == (Status.WITHDRAWN, None, "Otra propuesta ya lo dice.")
    assert one.proponent is None, "a person's name goes with the text"
    with pytest.raises(Conflict), database.transaction() as db:
        sending.withdraw(db, number, consultation, None, now=now)
    sound(database)


def test_similar_proposals_are_found_by_the_words_they_share(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    first = published(database, consultation, now, "a")
    waiting = drafts.send(database, drafts.written(database, consultation, now, "b"), now)
    sheet = Sheet(title="Medicinas", problem="Nadie sabe cuánto pagan los hospitales", action="Publicar las compras")
    with database.session(read_only=True) as db:
        id_ = status.by_number(db, consultation, first).id
        [one] = similar.find(db, consultation, sheet, except_=None)
        assert similar.find(db, consultation, sheet, except_=id_) == []
        assert similar.find(db, consultation, Sheet(title="Otra"), except_=None) == [], "too few words to say"
    assert one.number == first != waiting
    assert {"hospitales", "compras"} <= set(one.words)
    with database.transaction() as db:
        sending.withdraw(db, first, consultation, None, now=now)
        assert similar.find(db, consultation, sheet, except_=None) == []


def test_what_its_author_had_erased_is_gone_in_every_version(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    number = published(database, consultation, now)
    with database.transaction() as db:
        id_ = status.by_number(db, consultation, number).id
        erasure.forget(db, id_)
        erasure.forget(db, 10**6)
    with database.session(read_only=True) as db:
        rows = db.execute(select(SheetVersion.title, SheetVersion.problem, SheetVersion.salt)).all()
        assert [tuple(row) for row in rows] == [(None, None, None)], "the draft went altogether"
        assert similar.find(db, consultation, Sheet(title="Compras de medicinas en hospitales"), except_=None) == []


def test_advice_knows_the_months_of_the_plan_and_the_bodies(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    proposals.body(database, consultation, "vecinas", now)
    with database.session(read_only=True) as db:
        names = advising.glossary(db, consultation)
    assert names == {"VECINAS": ("Organización vecinas", "Organización vecinas (en)")}
    sheet = Sheet(title="x")
    timed = {one.rule for one in advising.advised(consultation, sheet, names)}
    undated = replace(consultation, settings={k: v for k, v in consultation.settings.items() if k != "plan"})
    assert {one.rule for one in advising.advised(undated, sheet, names)} <= timed - set(advising.TIMELESS)
    assert "A11" in timed
