"""Every command of the product."""

from __future__ import annotations

from . import accounts, backups, db, demo, imports, ledger, results, worker

ALL = (
    db.group,
    demo.group,
    accounts.group,
    imports.group,
    results.tally,
    ledger.group,
    backups.backup,
    backups.restore,
    worker.command,
)
