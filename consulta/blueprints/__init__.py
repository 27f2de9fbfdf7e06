"""One blueprint per capability that a user would name: guard, form, one domain call, redirect."""

from flask import Flask

from . import (
    accounts,
    acts,
    attendance,
    changes,
    comments,
    consultations,
    contributions,
    drafts,
    forums,
    health,
    imports,
    intake,
    ledger,
    management,
    minutes,
    moderation,
    news,
    notices,
    opinions,
    organizations,
    papers,
    people,
    positions,
    registrations,
    reports,
    results,
    supports,
    tracking,
    voices,
)

CAPABILITIES = (
    consultations, opinions, tracking, contributions, comments, supports, reports, acts, forums, registrations,
    organizations, positions, news, results, ledger, accounts, moderation, management, drafts, changes, people, imports,
    attendance, papers, minutes, intake, notices, voices, health,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in CAPABILITIES:
        app.register_blueprint(module.bp)
