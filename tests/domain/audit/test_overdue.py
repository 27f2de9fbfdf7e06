"""What waits and is overdue is said by the check, and is no fault."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from consulta.database.transactions import Database
from consulta.domain.accounts import role_requests
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.accounts.role_requests import Terms
from consulta.domain.audit import check
from consulta.domain.audit.overdue import overdue
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import BY_SYSTEM
from consulta.domain.organizations import enlisting
from consulta.domain.organizations.enlisting import Listed
from consulta.models.accounts import RoleChange, RoleName
from consulta.models.contributions import Contribution, Status
from consulta.models.organizations import Organization, Standing
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit
from tests.support.forums import announce, held
from tests.support.people import staff

DAY = timedelta(days=1)


def found(database: Database, view: ConsultationView, now: datetime) -> dict[str, int]:
    """The figures."""
    with database.session(read_only=True) as db:
        return overdue(db, view, now=now)


def test_what_waits_is_counted_by_what_it_is(database: Database, consultation: ConsultationView, now: datetime) -> None:
    assert found(database, consultation, now) == {}
    admit(database, consultation, "Uno", "Dos", "Tres", theme="tema-1")
    admit(database, consultation, "Ya está", theme="tema-1", status=Status.PUBLISHED)
    announce(database, consultation, now)
    eva = staff(database, consultation, email="eva@equipo.example", role=RoleName.COORDINATOR)
    today = consultation.today(now)
    with database.transaction() as db:
        db.execute(update(Contribution).where(Contribution.number == 1).values(review_by=today - DAY))
        asks = {"change": RoleChange.GRANT, "role": RoleName.OBSERVER, "terms": Terms(), "reason": "Quiere observar."}
        role_requests.ask(db, consultation, by=by(db, consultation, eva), now=now, **asks)  # type: ignore[arg-type]
        listed = Listed(slug="vecinas", name={"es": "Vecinas"}, sector="cso")
        enlisting.enlist(db, consultation, listed, new=True, by=BY_SYSTEM, now=now)
        late = {"standing": Standing.ASKED, "asked_on": today - 9 * DAY, "answer_by": today - DAY}
        db.execute(update(Organization).values(**late))
    figures = found(database, consultation, now)
    assert figures.pop("contributions nobody decided upon") >= 2
    assert figures == {
        "contributions past their review": 1,
        "organisations past their answer": 1,
        "roles asked for and not answered": 1,
    }
    held(database, consultation, now)
    assert found(database, consultation, now)["forums over and not closed"] == 1


def test_figures_stand_beside_the_faults_of_every_log(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    record = load(database, a_consultation("registro", kind="record"), now)
    admit(database, consultation, "Uno", theme="tema-1")
    with database.session(read_only=True) as db:
        reports = {report.log: report for report in check.check_all(db, now=now)}
        assert [report.faults for report in reports.values()] == [[], []]
        assert reports[consultation.origin].overdue == {"contributions nobody decided upon": 1}
        assert reports[record.origin].overdue == {}
        assert all(not report.overdue for report in check.check_all(db))
