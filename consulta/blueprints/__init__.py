"""One blueprint per capability that a user would name: guard, form, one domain call, redirect."""

from flask import Blueprint, Flask

from . import accounts, acts, consultations, health, ledger, news, plans, results
from .attendance import devices, door
from .authors import tracking
from .comments import flags, submitting, supports
from .contributions import opinions
from .contributions import reading as contributions
from .forums import public as forums
from .forums import registrations
from .intake import assisted, uploads
from .management import changes, drafts, needs, notices, team, unanswered
from .moderation import queue
from .organizations import positions
from .organizations import public as organizations
from .papers import desk as papers
from .papers import minutes
from .proposals import drafting, sending, sponsors
from .proposals import reading as proposals

CAPABILITIES: tuple[Blueprint, ...] = (
    consultations.bp,
    opinions.bp,
    tracking.bp,
    contributions.bp,
    submitting.bp,
    supports.bp,
    flags.bp,
    acts.bp,
    forums.bp,
    registrations.bp,
    organizations.bp,
    positions.bp,
    news.bp,
    results.bp,
    plans.bp,
    proposals.bp,
    drafting.bp,
    sending.bp,
    sponsors.bp,
    ledger.bp,
    accounts.bp,
    queue.bp,
    needs.bp,
    drafts.bp,
    changes.bp,
    team.bp,
    uploads.bp,
    door.bp,
    devices.bp,
    papers.bp,
    minutes.bp,
    assisted.bp,
    notices.bp,
    unanswered.bp,
    health.bp,
)


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in CAPABILITIES:
        app.register_blueprint(blueprint)
