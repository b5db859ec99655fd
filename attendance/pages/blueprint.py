"""The pages of attendance hang on this."""

from flask import Blueprint

blueprint = Blueprint("attendance", __name__, static_folder="../static", static_url_path="/static/attendance")
