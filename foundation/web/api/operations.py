"""One operation of the API: who may, what it takes, what it answers; from the same lines comes its description.

A view that `operation` has not marked is closed, as every view of the house.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NoReturn, Protocol

from flask import Request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from foundation.actors import Actor
from foundation.refusals import Invalid
from foundation.web.access import open_to
from foundation.web.api.etags import ETAG, IF_MATCH
from foundation.web.api.once import HEADER, once

PROBLEM = "application/problem+json"
_SAFE = {"GET", "HEAD", "OPTIONS"}
STATUSES_OF_REFUSALS = (400, 401, 404, 409, 410, 412, 413, 415, 422, 429, 503)
_ALWAYS = (400, 401, 403, 404, 422, 429, 503)
_WHEN_CHANGING = (409, 410, 412, 413, 415)

View = Callable[..., Any]


class ApiGate(Protocol):
    """A gate that can be described."""

    @property
    def security(self) -> str:
        """The name of the OpenAPI security scheme."""

    @property
    def needs(self) -> str:
        """What is said of being refused although one is known."""

    def __call__(self, arguments: Mapping[str, Any], /) -> Actor:
        """Return who comes in, or raise a refusal."""


class UnreadableRequest(Invalid):
    """A field is missing, too long, or of another kind; `fields` says which."""


class ProblemAnswer(Schema):
    """Problem details (RFC 9457): `code` is stable and made for programs, `detail` is a sentence for people."""

    type = fields.String(required=True, metadata={"example": "urn:paraphe:problem:slot-taken"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"example": "slot-taken"})
    detail = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        data_key="fields",
        metadata={"description": "A sentence for each field that is wrong, by its name."},
    )


class _Parser(FlaskParser):
    """Reads requests; what cannot be read is a refusal like any other."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}  # noqa: RUF012 - webargs reads it from the class

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body by the house's careful reader: another media type is 415, what is no JSON is 400."""
        return {} if _may_be_absent(schema) and not req.get_data() else req.get_json()

    def handle_error(self, error: Any, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse with a sentence for each field."""
        (messages,) = error.messages.values()
        raise UnreadableRequest(_flat(messages)) from error


def _flat(messages: Any, path: str = "") -> dict[str, str]:
    if isinstance(messages, list):
        return {path: str(messages[0])}
    found: dict[str, str] = {}
    for name, below in messages.items():
        # marshmallow files what concerns the whole object under `_schema`.
        inner = path if name == "_schema" else f"{path}.{name}".lstrip(".")
        found |= _flat(below, inner)
    return found


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """The operations of one subject, under `/api/v1`."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, description: str) -> None:
        """Name the subject: it is the heading under which its operations are described."""
        super().__init__(f"api-{name}", __name__, url_prefix="/api/v1", description=description)

    def get(self, rule: str, gate: ApiGate, **described: Any) -> Callable[[View], View]:
        """Read: see `_operation`."""
        return self._operation("GET", rule, gate, **described)

    def post(self, rule: str, gate: ApiGate, **described: Any) -> Callable[[View], View]:
        """Change, or read what must be logged: see `_operation`."""
        return self._operation("POST", rule, gate, **described)

    def patch(self, rule: str, gate: ApiGate, **described: Any) -> Callable[[View], View]:
        """Change some fields: see `_operation`."""
        return self._operation("PATCH", rule, gate, **described)

    def delete(self, rule: str, gate: ApiGate, **described: Any) -> Callable[[View], View]:
        """Give up: see `_operation`."""
        return self._operation("DELETE", rule, gate, **described)

    def _operation(
        self,
        method: str,
        rule: str,
        gate: ApiGate,
        *,
        answer: type[Schema] | None = None,
        status: int = 200,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        content_type: str | None = None,
        heeds_key: bool = True,
        tagged: bool = False,
    ) -> Callable[[View], View]:
        """Say who may, what is taken (`body` or `query`, handed to the view as a dictionary) and what is answered.

        The docstring's first line is the summary. `content_type` is that of an answer which is no JSON. `heeds_key` is
        false where the body names its own key. `tagged`: what is read says its ETag, a change heeds `If-Match`.
        """
        changes = method not in _SAFE

        def describe(view: View) -> View:
            shape: Any = answer if content_type is None else {"type": "string", "contentMediaType": content_type}
            headers = ETAG if tagged and not changes else None
            view = self.response(status, shape, content_type=content_type, headers=headers)(view)
            if body is not None:
                view = self.arguments(body, required=not _may_be_absent(body))(view)
            if query is not None:
                view = self.arguments(_in_an_address(query), location="query")(view)
            refused = (*_ALWAYS, *(_WHEN_CHANGING if changes else ()))
            refusals = {str(number): {"$ref": f"#/components/responses/Refused{number}"} for number in refused}
            refusals["403"] = refusal(403, gate.needs)
            described: dict[str, Any] = {
                "operationId": view.__name__,
                "security": [{gate.security: []}] if gate.security else [],
                "responses": refusals,
            }
            if changes and tagged:
                described.setdefault("parameters", []).append(IF_MATCH)
            if changes and heeds_key:
                described.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
                view = once(view)
            view = open_to(gate)(self.doc(**described)(view))
            self.add_url_rule(rule, None, view, methods=[method])
            return view

        return describe


def _may_be_absent(shape: Schema | type[Schema]) -> bool:
    return getattr(shape, "may_be_absent", False)


def _in_an_address(query: type[Schema]) -> Schema:
    # An address has no null: what is not asked for is not there.
    asked = query()
    for field in asked.fields.values():
        field.allow_none = False
    return asked


def refusal(number: int, told: str | None = None) -> dict[str, Any]:
    """Describe being refused with this status."""
    shape = {"$ref": "#/components/schemas/Problem"}
    return {"description": told or HTTPStatus(number).phrase, "content": {PROBLEM: {"schema": shape}}}


_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": (
        "A name of your choice for this one request. Sent again within 24 hours with the same body, it changes nothing "
        "more and is answered as the first time."
    ),
}


def located(path: str) -> dict[str, str]:
    """Return the header that says where what was made can be read."""
    return {"Location": f"/api/v1{path}"}


Operations = Sequence[ApiBlueprint]
