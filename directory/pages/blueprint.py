"""The directory's pages hang on this."""

from flask import Blueprint

blueprint = Blueprint("directory", __name__, static_folder="../static", static_url_path="/static/directory")
