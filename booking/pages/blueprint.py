"""Booking's pages hang on this."""

from flask import Blueprint

from directory.domain.contacts import show_phone

blueprint = Blueprint("booking", __name__, static_folder="../static", static_url_path="/static/booking")
blueprint.add_app_template_filter(show_phone, "as_phone")
