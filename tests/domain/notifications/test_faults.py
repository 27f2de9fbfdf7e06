"""Why the mail server takes nothing: the last reason, until it takes something."""

from __future__ import annotations

from datetime import datetime

import pytest

from consulta.database.transactions import Database
from consulta.domain import heartbeats
from consulta.domain.notifications import faults
from consulta.domain.notifications.faults import MailFault


def test_the_last_reason_stands_until_it_is_over(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        assert faults.last(db) is None
        faults.note(db, MailFault.UNREACHABLE, now=now)
        faults.note(db, MailFault.NO_TLS, now=now)
        assert faults.last(db) is MailFault.NO_TLS
        heartbeats.beat(db, heartbeats.WORKER, now=now)
        faults.clear(db)
        assert faults.last(db) is None
        assert heartbeats.ages(db, now=now)[heartbeats.WORKER] is not None, "what else is noted stays"


@pytest.mark.parametrize("fault", MailFault)
def test_only_a_message_that_is_refused_leaves_the_next_a_chance(fault: MailFault) -> None:
    assert fault.of_the_server is (fault is not MailFault.MESSAGE)
