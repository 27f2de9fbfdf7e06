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
    marks,
    minutes,
    moderation,
    news,
    notices,
    opinions,
    organizations,
    papers,
    people,
    plans,
    positions,
    proposal_drafts,
    proposal_sending,
    proposals,
    registrations,
    reports,
    results,
    sponsors,
    supports,
    tracking,
    voices,
)

CAPABILITIES = (
    consultations, opinions, tracking, contributions, comments, supports, reports, acts, forums, registrations,
    organizations, positions, news, results, plans, proposals, proposal_drafts, proposal_sending, sponsors, ledger,
    accounts, moderation, management, drafts, changes, people, imports, attendance, marks, papers, minutes, intake,
    notices, voices, health,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in CAPABILITIES:
        app.register_blueprint(module.bp)
