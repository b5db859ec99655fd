"""The API as a whole: its operations mounted, its OpenAPI document, and a page to read it by."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from flask_smorest import Api

from foundation.web.access import everyone, open_to
from foundation.web.api import reading
from foundation.web.api.fields import ID_PATTERN
from foundation.web.api.operations import STATUSES_OF_REFUSALS, ApiBlueprint, Operations, ProblemAnswer, refusal
from foundation.web.errors import API
from foundation.web.pages import IdConverter

_EXTENSION = "paraphe-api"
_DESCRIPTION = """\
Everything that the pages of Paraphe do, for programs: the same queries, the same use cases, the same refusals.

**Who asks.** `Authorization: Bearer …`, with a key of the organisation or of one of its devices, or with the personal
link of somebody who signs. A key has scopes, an end, and can be revoked.

**Answers.** A refusal is problem details (RFC 9457) with a stable `code`. A verdict (of a scan, of a code) is an answer
like any other, with status 200: a «no» is a fact that is kept. Times are RFC 3339 with their offset. Lists come by the
page: ask again with `after` set to `next`. A reading has an `ETag`; sent back as `If-None-Match` it costs nothing.

**Once.** Whatever changes something takes an `Idempotency-Key`: sent again, it acts once and answers the same.
"""
_SCHEMES = {
    "key": "A key of the organisation or of a device.",
    "signLink": "The secret part of an attendee's personal link: what follows the last slash of its address.",
    "countersignLink": "The secret part of a facilitator's personal link: what follows the last slash of its address.",
    "displayLink": "The secret part of the link of a room's screen: what follows the last slash of its address.",
    "operator": "The key of whoever runs this installation (PARAPHE_OPERATOR_KEY).",
}

_METHODS = {"get", "post", "patch", "delete"}

blueprint = Blueprint("api", __name__, url_prefix=f"{API}v1")


class _Document(Api):  # type: ignore[misc]
    """flask-smorest's document, without its error handler: the house has one table of refusals.

    It is written when it is first read: that takes longer than everything else at the start of a process.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, **options: Any) -> None:
        """Begin with an empty document."""
        self._writing, self._unwritten = Lock(), list[ApiBlueprint]()
        super().__init__(app, **options)

    def register_blueprint(self, blp: ApiBlueprint, **_options: Any) -> None:
        """Open the operations of a subject, and have them described later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._unwritten.append(blp)

    def written(self) -> dict[str, Any]:
        """Return the document."""
        with self._writing:
            for one in self._unwritten:
                one.register_views_in_doc(self, self._app, self.spec, name=one.name, parameters=None)
                self.spec.tag({"name": one.name, "description": one.description})
            told: dict[str, Any] = self.spec.to_dict()
            if self._unwritten:
                _link(told["paths"])
                self._unwritten.clear()
        return told

    def _register_error_handlers(self) -> None:
        """Leave errors to `foundation.web.errors`."""

    def _register_responses(self) -> None:
        """Describe no errors but the house's."""

    def _register_pagination_header(self) -> None:
        """Describe no pages but the house's."""


def mount(app: Flask, operations: Operations) -> None:
    """Plug the operations into the application, and describe them."""
    app.config.update(API_TITLE="Paraphe", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    options = {"info": {"description": _DESCRIPTION}, "servers": [{"url": "/"}]}
    document = _Document(app, spec_kwargs=options)
    converter = document.ma_plugin.converter
    converter.attribute_functions = [_without_null(one) for one in converter.attribute_functions]
    document.register_converter(IdConverter, lambda _: {"type": "string", "pattern": ID_PATTERN})
    for name, told in _SCHEMES.items():
        document.spec.components.security_scheme(name, {"type": "http", "scheme": "bearer", "description": told})
    document.spec.components.schema("Problem", schema=ProblemAnswer)
    for number in STATUSES_OF_REFUSALS:
        document.spec.components.response(f"Refused{number}", refusal(number))
    for one in operations:
        document.register_blueprint(one)
    app.extensions[_EXTENSION] = document
    app.register_blueprint(blueprint)
    app.after_request(_tag)


def _link(paths: dict[str, Any]) -> None:
    """Say, where something is made, which operations take its identifier (OpenAPI links)."""
    for path, ways in paths.items():
        made = ways.get("post", {}).get("responses", {}).get("201")
        if made is None:
            continue
        below = re.compile(re.escape(path) + r"/\{(\w+)\}(/[\w./-]+)?")
        for other, others in paths.items():
            if (found := below.fullmatch(other)) is None:
                continue
            parameter = found.group(1)
            for method in others.keys() & _METHODS:
                target = others[method]["operationId"]
                expression = f"$response.body#/{'token' if parameter == 'token' else 'id'}"
                links = made.setdefault("links", {})
                links[target] = {"operationId": target, "parameters": {parameter: expression}}


def _without_null(describe: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    # «Null when it is not there» is said by the field not being required; a default of null contradicts its type.
    @wraps(describe)
    def describing(*arguments: Any, **options: Any) -> dict[str, Any]:
        told = describe(*arguments, **options)
        return {name: value for name, value in told.items() if name != "default" or value is not None}

    return describing


def described(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    document: _Document = app.extensions[_EXTENSION]
    return document.written()


@blueprint.get("/openapi.json", endpoint="openapi")
@open_to(everyone)
def show_document() -> Response:
    """Give the OpenAPI 3.1 document."""
    return jsonify(described(current_app))


@blueprint.get("/", endpoint="reading")
@open_to(everyone)
def show_page() -> str:
    """Show the document as a page: no script, nothing from elsewhere."""
    document = described(current_app)
    return render_template(
        "foundation/api.html",
        description=[reading.words(one.strip()) for one in document["info"]["description"].split("\n\n")],
        subjects=reading.subjects(document),
        shapes=reading.shapes(document),
    )


def _tag(response: Response) -> Response:
    if not request.path.startswith(API) or request.method not in {"GET", "HEAD"}:
        return response
    if response.status_code == HTTPStatus.OK and not response.is_streamed:
        response.add_etag()
        response.headers["Cache-Control"] = "no-cache, private"
        response.make_conditional(request)
    return response
