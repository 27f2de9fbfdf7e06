"""One blueprint per capability that a user would name: guard, form, one domain call, redirect."""

from flask import Flask

from . import (
    accounts,
    consultations,
    contributions,
    health,
    ledger,
    management,
    moderation,
    opinions,
    results,
    tracking,
)


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for module in (
        consultations,
        opinions,
        tracking,
        contributions,
        results,
        ledger,
        accounts,
        moderation,
        management,
        health,
    ):
        app.register_blueprint(module.bp)
