"""Every form bears a token of its session. The few routes that a machine posts to bear a signature in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask_wtf import CSRFProtect

View = TypeVar("View", bound=Callable[..., Any])


def signed_by(check: Callable[..., object]) -> Callable[[View], View]:
    """Declare that a machine posts to a view, such as a mail provider: it has no session, so nothing of one can be
    misused. ``check`` gets the view's arguments and raises ``NotFound`` unless they bear our signature; cookies are not
    looked at. A test holds the list of such views."""

    def mark(view: View) -> View:
        view.signature = check  # type: ignore[attr-defined]
        return view

    return mark


class FormTokens(CSRFProtect):  # type: ignore[misc]
    """The token of a form, or the signature of a machine's route."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a request that has neither."""
        check = getattr(current_app.view_functions.get(request.endpoint or ""), "signature", None)
        if check is None:
            super().protect(apply_exemptions)
        else:
            check(**(request.view_args or {}))
