"""One blueprint per capability that a user would name: guard, form, one domain call, redirect."""

from flask import Blueprint, Flask

from . import (
    accounts,
    acts,
    consultations,
    forums,
    guides,
    health,
    ledger,
    moderation,
    news,
    organizations,
    plans,
    results,
)
from .attendance import devices, door
from .authors import tracking
from .comments import flags, submitting, supports
from .contributions import opinions
from .contributions import reading as contributions_reading
from .forums import desk as forum_desk
from .forums import public, registrations
from .intake import assisted, uploads
from .management import bulletins, changes, drafts, needs, notices, team, unanswered
from .moderation import item, queue
from .organizations import desk as organization_desk
from .organizations import people as organization_people
from .organizations import positions, requests
from .organizations import public as organization_public
from .papers import desk, minutes
from .proposals import drafting, sending, sponsors
from .proposals import reading as proposals_reading

CAPABILITIES: tuple[Blueprint, ...] = (
    consultations.bp,
    opinions.bp,
    tracking.bp,
    contributions_reading.bp,
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
    proposals_reading.bp,
    drafting.bp,
    sending.bp,
    sponsors.bp,
    ledger.bp,
    accounts.bp,
    moderation.bp,
    needs.bp,
    drafts.bp,
    changes.bp,
    team.bp,
    uploads.bp,
    door.bp,
    devices.bp,
    desk.bp,
    minutes.bp,
    assisted.bp,
    notices.bp,
    bulletins.bp,
    unanswered.bp,
    guides.bp,
    health.bp,
)

VIEWS = (forum_desk, public, item, queue, organization_desk, organization_people, organization_public, requests)
"""The rooms of a wing share its blueprint; to import them is to hang their views on it."""


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in CAPABILITIES:
        app.register_blueprint(blueprint)
