"""Sign-in, reset, new password."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, ValidationError

from consulta.words.i18n import gettext

from .fields import kept

PASSWORD_MIN, PASSWORD_MAX = 12, 200


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = StringField(filters=[kept, str.strip])
    password = PasswordField()


class ResetForm(FlaskForm):
    """The address to which a link may go."""

    email = StringField(filters=[kept, str.strip])


class PasswordForm(FlaskForm):
    """A new password: long rather than odd."""

    password = PasswordField()

    def validate_password(self, field: PasswordField) -> None:
        """12 to 200 characters."""
        size = len(field.data or "")
        if not PASSWORD_MIN <= size <= PASSWORD_MAX:
            raise ValidationError(gettext("Use entre 12 y 200 letras o signos; varias palabras seguidas sirven bien."))
