"""What we add to PostgreSQL's driver."""

from __future__ import annotations

from typing import Any, Self

import psycopg
from psycopg import errors
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

from . import patience


class Connection(psycopg.Connection[Any]):
    """Waits for each answer only as long as its thread may; what did not come in time is not waited for any more."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As the driver's own.

        :raises psycopg.OperationalError: the server did not answer; the connection is closed
        """
        try:
            return super().wait(gen, interval, timeout if timeout is not None else patience.allowed())
        except errors._WaitTimeout as error:
            if timeout is not None:
                raise
            self.close()
            raise psycopg.OperationalError("the server did not answer in time") from error


class Cursor(psycopg.Cursor[Any]):
    """Sends BEGIN together with the first statement of a transaction: the server is asked once, not twice."""

    def execute(self, *given: Any, **more: Any) -> Self:
        """As the driver's own."""
        server = self.connection.pgconn
        if server.transaction_status != TransactionStatus.IDLE or server.pipeline_status or self.connection.autocommit:
            return super().execute(*given, **more)
        with self.connection.pipeline():
            return super().execute(*given, **more)
