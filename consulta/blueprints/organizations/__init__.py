"""Bodies that take part."""

from flask import Blueprint

bp = Blueprint("organizations", __name__)
