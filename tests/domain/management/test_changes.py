"""A consultation prepared, published, changed: what is used stays, every change has a reason, nobody overwrites."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts.actors import Actor, Granted
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.ledger.log import By
from consulta.domain.management import as_file, catalogues, changes, digests, drafts
from consulta.domain.management.drafts import DraftView
from consulta.models.accounts import Role, RoleName
from consulta.models.consultations import Reason
from consulta.models.contributions import Status
from consulta.models.news import Announcement
from tests.support.acts import listed
from tests.support.audits import sound
from tests.support.consultations import a_consultation, load, read, said
from tests.support.contributions import admit
from tests.support.people import staff

WHY = said("Lo pidió la mesa técnica.")
BY = By(None, "coordinación")


def change(
    database: Database, view: ConsultationView, now: datetime, seen: int | None = None, why: Any = WHY, **parts: Any
) -> ConsultationView:
    """Change parts of it; as it stands then."""
    with database.transaction() as db:
        at = view.revision if seen is None else seen
        changes.change(db, view, parts, seen=at, reason=why, by=BY, now=now)
    return read(database)


def part(view: ConsultationView, name: str) -> Any:
    """A part as its file has it, to be changed."""
    return copy.deepcopy(as_file.data_of(view)[name])


def test_a_consultation_goes_into_its_file_and_back(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    data = as_file.data_of(consultation)
    other = load(database, {**data, "slug": "copia", "published": "D-3"}, now)
    again = as_file.data_of(other)
    assert {**again, "slug": "prueba"} == data


def test_what_was_changed_is_read_and_said_with_its_reason(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    after = change(database, consultation, now, title=said("Otro título"), links={"mp": "https://mp.example"})
    assert (after.title, after.links, after.revision) == (
        said("Otro título"),
        {"mp": "https://mp.example"},
        1 + consultation.revision,
    )
    sound(database)


@pytest.mark.parametrize("why", [{}, {"es": ""}, {"es": "corto"}, {"es": " " * 20}])
def test_a_change_has_a_reason(
    database: Database, consultation: ConsultationView, now: datetime, why: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        change(database, consultation, now, why=why, title=said("Otro"))
    assert refused.value.field == "reason_es"


def test_nothing_changed_is_nothing_published_and_who_was_second_is_told(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with pytest.raises(Invalid):
        change(database, consultation, now, title=consultation.title)
    change(database, consultation, now, title=said("El primero"))
    with pytest.raises(Conflict):
        change(database, consultation, now, title=said("El segundo"))
    assert read(database).title == said("El primero")


def test_a_record_is_not_changed(database: Database, now: datetime) -> None:
    record = load(database, a_consultation("registro", kind="record"), now)
    with pytest.raises(NotAllowed), database.transaction() as db:
        changes.change(db, record, {"title": said("Otro")}, seen=1, reason=WHY, by=BY, now=now)


def test_two_themes_change_places_and_a_new_one_comes(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    themes = part(consultation, "themes")
    themes[0], themes[1] = themes[1], themes[0]
    themes[0]["letter"], themes[1]["letter"] = "A", "B"
    themes.append({**themes[4], "slug": "nuevo", "letter": "F", "colour": 9})
    after = change(database, consultation, now, themes=themes)
    assert [(theme.letter, theme.slug) for theme in after.themes][:2] == [("A", "tema-2"), ("B", "tema-1")]
    assert after.themes[-1].slug == "nuevo"
    sound(database)


def test_a_theme_that_is_borne_stays(database: Database, consultation: ConsultationView, now: datetime) -> None:
    admit(database, consultation, "Del primero", theme="tema-1", status=Status.PUBLISHED)
    staff(database, consultation, themes=("tema-2",))
    for kept, match in ((slice(1, None), "1 aportes"), (slice(0, 1), "quien lo revisa")):
        with pytest.raises(Invalid, match=match) as refused:
            change(database, consultation, now, themes=part(consultation, "themes")[kept])
        assert refused.value.field == "themes"
    after = change(database, consultation, now, themes=part(consultation, "themes")[:4])
    assert [theme.slug for theme in after.themes] == ["tema-1", "tema-2", "tema-3", "tema-4"]


def test_a_choice_that_somebody_made_stays_and_may_be_renamed(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "De Cobán", department="16")
    listed(database, consultation)
    lists = part(consultation, "lists")
    for name, code, label in (("department", "16", "Alta Verapaz"), ("body_sector", "cso", "")):
        without = copy.deepcopy(lists)
        without[name] = [item for item in without[name] if item["code"] != code]
        with pytest.raises(Invalid, match=f"«{label}") as refused:
            change(database, consultation, now, lists=without)
        assert refused.value.field == name
    lists["department"] = [{**item, "label": said(item["label"]["es"].upper())} for item in lists["department"]][1:]
    after = change(database, consultation, now, lists=lists)
    assert [choice.label["es"] for choice in after.lists["department"]] == ["ALTA VERAPAZ"]
    sound(database)


def test_a_reason_whose_words_change_gets_its_next_version(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    reasons = part(consultation, "reasons")
    reasons[0]["text"] = said("Dice algo privado de otra persona.")
    after = change(database, consultation, now, reasons=reasons)
    assert [(one.code, one.version) for one in after.reasons] == [("personal-data", 2), ("off-topic", 1)]
    with database.session(read_only=True) as db:
        assert len(db.execute(select(Reason.id).where(Reason.code == "personal-data")).all()) == 2
        first, second = (digests.of_reason(db, after.id, "personal-data", n) for n in (1, 2))
        assert digests.of_reason(db, after.id, "personal-data", 3) is None
    assert first != second
    with pytest.raises(Invalid):
        change(database, after, now, reasons=reasons[1:])
    sound(database)


def test_digests_move_with_what_is_published(database: Database, consultation: ConsultationView, now: datetime) -> None:
    with database.transaction() as db:
        whole, schedule = digests.of_consultation(db, consultation.id), digests.of_schedule(db, consultation.id, 1)
        assert digests.of_schedule(db, consultation.id, 9) is None
        assert schedule is not None
        catalogues.store_lists(db, consultation.id, {"otra": [{"code": "x", "label": said("X")}]})
        assert digests.of_consultation(db, consultation.id) != whole
        catalogues.store_lists(db, consultation.id, {})


def actor(account: int, *roles: RoleName) -> Actor:
    """Somebody with an account."""
    return Actor(account, f"{account}@x.example", "es", 1, tuple(Granted(role, None, None, None) for role in roles))


def begin(database: Database, account: int, now: datetime, slug: str = "plan-2027") -> DraftView:
    """A draft of everything."""
    content = {**a_consultation(slug), "acts": [], "contributions": []}
    for stage in content["stages"]:
        stage["starts"], stage["ends"] = "D+20", "D+30"
    with database.transaction() as db:
        key = drafts.begin(db, content, slug=slug, title="Plan 2027", account_id=account, now=now)
        return drafts.find(db, key, actor(account))


@pytest.mark.parametrize(
    "slug", ["", "a", "Plan", "plan_1", "-plan", "plan-", "nueva", "borradores", "x" * 61, "prueba"]
)
def test_an_address_that_cannot_be_had(
    database: Database, consultation: ConsultationView, now: datetime, slug: str
) -> None:
    account = staff(database, consultation)
    with pytest.raises(Invalid) as refused:
        begin(database, account, now, slug)
    assert refused.value.field == "slug"


def test_a_draft_is_its_owners_and_an_admins(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account, other = staff(database, consultation), staff(database, consultation, "otra@equipo.example")
    draft = begin(database, account, now)
    assert draft.content["title"] == {"es": "Plan 2027"}
    assert "contributions" not in draft.content
    with database.session(read_only=True) as db:
        assert [one.slug for one in drafts.own(db, actor(account))] == ["plan-2027"]
        assert drafts.own(db, actor(other)) == []
        assert drafts.find(db, draft.key, actor(other, RoleName.ADMIN)).slug == "plan-2027"
        with pytest.raises(NotFound):
            drafts.find(db, draft.key, actor(other))
    with pytest.raises(Invalid):
        begin(database, account, now)


def test_who_saves_a_draft_second_is_told(database: Database, consultation: ConsultationView, now: datetime) -> None:
    draft = begin(database, staff(database, consultation), now)
    for seen, title in ((draft.revision, "Uno"), (draft.revision + 1, "Dos")):
        with database.transaction() as db:
            drafts.save(db, draft, {"title": {"es": title}}, seen=seen, now=now)
    with pytest.raises(Conflict), database.transaction() as db:
        drafts.save(db, draft, {"title": {"es": "Tres"}}, seen=draft.revision, now=now)


@pytest.mark.parametrize(
    ("parts", "part_", "message", "warning"),
    [
        ({"title": {"es": " "}}, "textos", "title", False),
        ({"texts": {}}, "textos", "call", False),
        ({"themes": []}, "temas", "none", False),
        ({"stages": []}, "etapas", "none", False),
        ({"reasons": []}, "motivos", "none", False),
        ({"lists": {}}, "listas", "department", True),
        ({"title": {"es": "Sin inglés"}}, "textos", "english", True),
    ],
)
def test_the_list_names_what_is_missing(
    now: datetime, parts: dict[str, Any], part_: str, message: str, warning: bool
) -> None:
    content = a_consultation("plan-2027")
    for stage in content["stages"]:
        stage["starts"], stage["ends"] = "D+20", "D+30"
    content["stages"][1]["opens"] = ["opinion", "proposal"]
    assert drafts.missing(content, today=now.date()) == []
    assert drafts.Missing(part_, message, warning) in drafts.missing({**content, **parts}, today=now.date())


@pytest.mark.parametrize(
    ("starts", "ends", "message", "warning"), [("D+3", "D+9", "soon", True), ("D-9", "D-3", "past", False)]
)
def test_a_schedule_is_announced_two_weeks_before_and_not_after(
    now: datetime, starts: str, ends: str, message: str, warning: bool
) -> None:
    content = a_consultation("plan-2027")
    content["stages"][1] |= {"starts": starts, "ends": ends}
    assert drafts.Missing("etapas", message, warning) in drafts.missing(content, today=now.date())


def test_who_publishes_a_draft_coordinates_it(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    draft = begin(database, account, now)
    preview = drafts.preview(draft, now=now)
    with pytest.raises(Conflict), database.transaction() as db:
        drafts.publish(db, draft, seen=draft.revision + 1, actor=actor(account), now=now)
    with database.transaction() as db:
        me = Actor(account, "ana@equipo.example", "es", 1, ())
        assert drafts.publish(db, draft, seen=draft.revision, actor=me, now=now) == "plan-2027"
    with database.session(read_only=True) as db:
        view = consultations.find(db, "plan-2027").view
        roles = db.execute(select(Role.role).where(Role.consultation_id == view.id)).scalars().all()
        assert drafts.own(db, actor(account)) == []
    assert roles == [RoleName.COORDINATOR]
    assert [stage.first_day for stage in view.stages] == [stage.first_day for stage in preview.stages]
    assert [theme.slug for theme in view.themes] == [theme.slug for theme in preview.themes]
    sound(database, "plan-2027")


def test_what_lacks_something_is_not_published(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    draft = begin(database, account, now)
    with database.transaction() as db:
        drafts.save(db, draft, {"reasons": []}, seen=draft.revision, now=now)
        draft = drafts.find(db, draft.key, actor(account))
    with pytest.raises(Invalid), database.transaction() as db:
        drafts.publish(db, draft, seen=draft.revision, actor=actor(account), now=now + timedelta(hours=1))
    with database.transaction() as db:
        drafts.discard(db, draft)
        assert drafts.own(db, actor(account)) == []


def test_the_news_say_when_contributions_are_shown_from_now_on(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    settings = part(consultation, "settings")
    after = change(database, consultation, now, settings=settings | {"moderation": {"opinion": "after"}})
    with database.session(read_only=True) as db:
        told = db.execute(select(Announcement.content)).scalars().all()
    assert told[-1]["shown"] == {"was": "before", "now": "after"}
    after = change(database, after, now, settings=settings | {"moderation": {"opinion": "after"}, "review_days": 9})
    assert after.settings["review_days"] == 9
    with database.session(read_only=True) as db:
        told = db.execute(select(Announcement.content).order_by(Announcement.id)).scalars().all()
    assert "shown" not in told[-1]
    sound(database)
