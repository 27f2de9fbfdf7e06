"""A comment comes in: its themes, its place, its key, its window."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from consulta.database.transactions import Database
from consulta.domain.comments import submitting
from consulta.domain.comments.submitting import SubmittedComment
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading, status
from consulta.domain.contributions.submission import Receipt
from consulta.domain.contributions.targets import Target
from consulta.domain.errors import AlreadyReceived, Closed, Conflict, Invalid
from consulta.models.contributions import Kind, Status
from tests.support.audits import sound
from tests.support.comments import AFTER
from tests.support.consultations import a_consultation, load


@pytest.fixture
def consultation(database: Database, now: datetime) -> ConsultationView:
    """A consultation that takes comments, shown at once, of seven themes."""
    data = a_consultation(themes=7, **AFTER)
    data["stages"][1]["opens"] = ["opinion", "comment"]
    return load(database, data, now)


def submit(
    database: Database, view: ConsultationView, now: datetime, key: str = "k", held: str | None = None, **more: object
) -> Receipt:
    """Send a comment on the first theme."""
    given = SubmittedComment(body="Aquí también", theme=view.themes[0], **more)  # type: ignore[arg-type]
    with database.transaction() as db:
        return submitting.submit(
            db,
            consultation=view,
            target=Target(theme=view.themes[0]),
            given=given,
            submission=key,
            held_cause=held,
            language="es",
            now=now,
        )


@pytest.mark.parametrize(
    ("slugs", "preset", "primary", "others"),
    [
        (["tema-3", "tema-1"], None, "tema-1", ["tema-3"]),
        (["tema-1", "tema-3"], 2, "tema-3", ["tema-1"]),
        (["tema-1"], 4, "tema-1", []),
        (["tema-1", "nada"], None, "tema-1", []),
    ],
)
def test_the_theme_of_what_is_commented_upon_comes_first(
    consultation: ConsultationView, slugs: list[str], preset: int | None, primary: str, others: list[str]
) -> None:
    first, rest = submitting.chosen(consultation, slugs, None if preset is None else consultation.themes[preset])
    assert (first.slug, [theme.slug for theme in rest]) == (primary, others)


@pytest.mark.parametrize("slugs", [[], ["nada"], [f"tema-{n}" for n in range(1, 7)]])
def test_one_to_five_themes(consultation: ConsultationView, slugs: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        submitting.chosen(consultation, slugs, None)
    assert refused.value.field == "themes"


def test_a_comment_is_received_with_its_mentions(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    receipt = submit(database, consultation, now, mentions=["tema-2", "tema-5", "nada"])
    assert (receipt.number, receipt.kind, receipt.published) == (1, Kind.COMMENT, True)
    with database.session(read_only=True) as db:
        found = reading.one(db, consultation, 1)
    assert found.on is not None
    assert found.on.theme_id == consultation.themes[0].id
    assert set(found.mentions) == {consultation.themes[1].id, consultation.themes[4].id}
    sound(database)


def test_the_same_form_twice_is_one_comment(database: Database, consultation: ConsultationView, now: datetime) -> None:
    receipt = submit(database, consultation, now)
    with pytest.raises(AlreadyReceived):
        submit(database, consultation, now)
    theme, given = consultation.themes[0], SubmittedComment(body="Aquí también", theme=consultation.themes[0])
    with database.session(read_only=True) as db:
        again = submitting.repeated(db, submission="k", given=given, target=Target(theme=theme))
        assert (again.folio, again.number) == (receipt.folio, receipt.number)
        elsewhere = Target(theme=consultation.themes[1])
        with pytest.raises(Conflict):
            submitting.repeated(db, submission="k", given=given, target=elsewhere)


def test_what_looks_suspicious_waits_and_is_not_refused(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    receipt = submit(database, consultation, now, held="trap")
    assert not receipt.published
    with database.session(read_only=True) as db:
        assert status.by_number(db, consultation, 1).status is Status.HELD


def test_comments_have_their_time(database: Database, consultation: ConsultationView, now: datetime) -> None:
    with pytest.raises(Closed):
        submit(database, consultation, now + timedelta(days=30))
