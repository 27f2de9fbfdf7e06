"""What we add to PostgreSQL's driver."""

from __future__ import annotations

from typing import Any, Self

import psycopg
from psycopg.pq import TransactionStatus


class Cursor(psycopg.Cursor[Any]):
    """Sends BEGIN together with the first statement of a transaction: the server is asked once, not twice."""

    def execute(self, *given: Any, **more: Any) -> Self:
        """As the driver's own."""
        server = self.connection.pgconn
        if server.transaction_status != TransactionStatus.IDLE or server.pipeline_status or self.connection.autocommit:
            return super().execute(*given, **more)
        with self.connection.pipeline():
            return super().execute(*given, **more)
