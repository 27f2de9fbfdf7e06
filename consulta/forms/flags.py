"""Reporting a comment: one of a few reasons, and a line if one wants."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError

from consulta.domain.comments.flags import LINE_MAX
from consulta.domain.texts import showable
from consulta.models.comments import Ground
from consulta.words.i18n import gettext
from consulta.words.labels import vocabulary

from .fields import kept


def grounds() -> list[tuple[str, str]]:
    """The reasons, as pairs of code and words."""
    return list(vocabulary("Ground").items())


class ReportForm(FlaskForm):
    """``website`` is a trap that people do not see."""

    class Meta:
        """The whole application's protection checked the token already."""

        csrf = False

    ground = StringField()
    line = StringField(filters=[kept, lambda value: " ".join(value.split())])
    submission = StringField()
    website = StringField()

    def validate_ground(self, field: StringField) -> None:
        """One of the list."""
        if field.data not in list(Ground):
            raise ValidationError(gettext("Elija por qué debe revisarse."))

    def validate_line(self, field: StringField) -> None:
        """At most 500 characters."""
        if field.data and len(field.data) > LINE_MAX:
            raise ValidationError(gettext("Es demasiado largo: caben %(most)s letras.", most=LINE_MAX))

    def values(self) -> dict[str, str]:
        """What was typed, to stand in the form again."""
        return {name: showable((self[name].raw_data or [""])[0], 100_000) for name in ("ground", "line")}
