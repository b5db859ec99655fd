"""Keys of the API: each with scopes and an end, shown once, kept as a hash."""

from __future__ import annotations

from typing import Any

from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.models import ApiKey
from directory.queries import api_keys
from directory.use_cases.make_api_key import make_api_key
from directory.use_cases.revoke_api_key import revoke_api_key
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Secret, Several, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("api-keys", "What programs and devices show here; a key gives no more than it has.")
_SCOPES = "With none, what any key may read: venues, slots, public keys."
_END = "A year from now when it is not named; two years at most, however late it is named."


class ApiKeyToMake(HouseSchema):
    """A key for a program, or for a device."""

    name = Text(longest=120, required=True, metadata={"example": "Site de la structure"})
    scopes = Several(Choice(Permission), most=len(Permission), required=True, metadata={"description": _SCOPES})
    expires_at = Instant(load_default=None, allow_none=True, metadata={"description": _END})
    device_id = Identifier(
        load_default=None,
        allow_none=True,
        metadata={"description": "A device has scan, search-people, see-day at most."},
    )


class ApiKeyAnswer(HouseSchema):
    """A key, without its secret; `hint` is its last four characters."""

    id = Identifier(required=True)
    name = Text(longest=120, required=True)
    hint = Text(longest=4, required=True)
    scopes = Several(Choice(Permission), attribute="permissions", required=True)
    device_id = Identifier(required=True, allow_none=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True, metadata={"description": "To the minute."})
    revoked_at = Instant(required=True, allow_none=True)


class ApiKeyGivenAnswer(ApiKeyAnswer):
    """A new key with its secret, which is not shown again."""

    secret = Secret(required=True, metadata={"description": "For `Authorization: Bearer …`."})


def shown_once(key: ApiKey, text: str) -> dict[str, Any]:
    """Return what is shown of a key on the day it is made."""
    attributes = {name: field.attribute or name for name, field in ApiKeyAnswer().fields.items()}
    return {name: getattr(key, name) for name in attributes.values()} | {"secret": text}


@blueprint.get("/api-keys", program(Permission.ADMINISTER), query=PageAsked, answer=page_of(ApiKeyAnswer))
def list_api_keys(asked: dict[str, Any]) -> dict[str, Any]:
    """List the keys, ended and revoked ones included."""
    with reading() as db:
        items, following = take_page(db, api_keys.select_every(), ApiKey.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/api-keys", program(Permission.ADMINISTER), body=ApiKeyToMake, answer=ApiKeyGivenAnswer, status=201)
def post_api_key(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Make a key, no wider than the one that asks; its secret is shown this once."""
    key, text = perform(make_api_key, now=now(), **body)
    return shown_once(key, text), 201, located(f"/api-keys/{ids.to_text(key.id)}")


@blueprint.get("/api-keys/<id:key_id>", program(Permission.ADMINISTER), answer=ApiKeyAnswer)
def show_api_key(key_id: int) -> ApiKey:
    """Show one key."""
    with reading() as db:
        return api_keys.by_id(db, key_id)


@blueprint.post("/api-keys/<id:key_id>/revocation", program(Permission.ADMINISTER), answer=ApiKeyAnswer)
def post_api_key_revocation(key_id: int) -> ApiKey:
    """Revoke another key than the one in use; it opens nothing from the next request on."""
    return perform(revoke_api_key, now=now(), key_id=key_id)
