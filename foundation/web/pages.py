"""The pages of the house itself: the choice of language, and whether it stands."""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, request
from sqlalchemy import text
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from foundation import ids
from foundation.database import EVERY_ORGANISATION
from foundation.web.access import everyone, open_to
from foundation.web.language import COOKIE
from foundation.web.services import services
from foundation.wording import LANGUAGES

# Visible ASCII alone: browsers and servers drop tabs and other controls, which would turn «/<tab>/x» into «//x».
_LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")

blueprint = Blueprint("foundation", __name__, static_folder="../static", static_url_path="/static/foundation")


class IdConverter(BaseConverter):
    """`<id:appointment_id>` in an address: our 13 letters, an integer in the view, «not found» when it is not one."""

    # So that `/beneficiaries/search` is not taken for a beneficiary when the methods of an address are counted.
    regex = "[0-9A-Za-z]{13}"

    def to_python(self, value: str) -> int:
        """Read an identifier."""
        try:
            return ids.from_text(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: int) -> str:
        """Write an identifier."""
        return ids.to_text(value)


def is_local_path(target: str) -> bool:
    """Say whether `target` is a path of this site, so that a redirect cannot lead elsewhere."""
    return _LOCAL_PATH.fullmatch(target) is not None


@blueprint.post("/langue")
@open_to(everyone)
def choose_language() -> AnyResponse:
    """Remember the language in a cookie that holds nothing else."""
    target = request.form.get("next", "/")
    response = redirect(target if is_local_path(target) else "/", 303)
    language = request.form.get("language", "")
    if language in LANGUAGES:
        secure = services().base_url.startswith("https://")
        response.set_cookie(COOKIE, language, max_age=31_536_000, samesite="Lax", httponly=True, secure=secure)
    return response


@blueprint.get("/healthz")
@open_to(everyone)
def health() -> Response:
    """Say that the process and its database answer."""
    with services().database.reading(EVERY_ORGANISATION) as db:
        db.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
