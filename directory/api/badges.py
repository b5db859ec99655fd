"""Badges: the signed QR of one person, and the keys by which a scanner believes it."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response

from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.models import Badge, SigningKey
from directory.queries import badges
from directory.use_cases.revoke_badge import revoke_badge
from directory.use_cases.rotate_signing_key import rotate_signing_key
from foundation.qr import qr_png
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import HouseSchema, Identifier, Instant, Secret, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading, services

blueprint = ApiBlueprint("badges", "The signed QR of one person: it holds no name, and is checked without a network.")
keys_blueprint = ApiBlueprint("signing-keys", "The keys by which a scanner believes a badge.")
ALGORITHM = "Ed25519"


class BadgeState(HouseSchema):
    """A badge, without what its QR says."""

    id = Identifier(required=True)
    beneficiary_id = Identifier(required=True)
    key_number = Whole(required=True, metadata={"description": "The signing key that verifies it."})
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


class BadgeAnswer(BadgeState):
    """A badge."""

    text = Secret(
        required=True, metadata={"description": "What the QR says: whoever shows it is taken for the person."}
    )


class SigningKeyAnswer(HouseSchema):
    """The public half of a key. The highest number signs; each verifies until it is withdrawn."""

    number = Whole(least=1, most=255, required=True)
    algorithm = Text(longest=20, required=True, metadata={"example": ALGORITHM})
    public_key = Secret(required=True, metadata={"description": "32 bytes in base64 (RFC 4648, §4)."})
    created_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)


def with_text(badge: Badge) -> dict[str, Any]:
    """Return what is shown of a badge to whoever may see its QR."""
    with reading() as db:
        text = badges.text_of(db, badge, services().keys)
    return {name: getattr(badge, name) for name in BadgeState().fields} | {"text": text}


@blueprint.get("/badges/<id:badge_id>", program(Permission.MANAGE_PEOPLE), answer=BadgeAnswer)
def show_badge(badge_id: int) -> dict[str, Any]:
    """Show one badge."""
    with reading() as db:
        badge = badges.by_id(db, badge_id)
    return with_text(badge)


@blueprint.get("/badges/<id:badge_id>/picture", program(Permission.MANAGE_PEOPLE), content_type="image/png")
def show_badge_picture(badge_id: int) -> Response:
    """Draw the QR of a badge, to be printed."""
    with reading() as db:
        text = badges.text_of(db, badges.by_id(db, badge_id), services().keys)
    return Response(qr_png(text), mimetype="image/png")


@blueprint.post("/badges/<id:badge_id>/revocation", program(Permission.SCAN), answer=BadgeState)
def post_badge_revocation(badge_id: int) -> Badge:
    """Revoke a lost badge: scans that come after refuse it."""
    return perform(revoke_badge, now=now(), badge_id=badge_id)


@keys_blueprint.get("/signing-keys", program(), query=PageAsked, answer=page_of(SigningKeyAnswer))
def list_signing_keys(asked: dict[str, Any]) -> dict[str, Any]:
    """List the public keys of the organisation, which is all that a scanner needs to check a badge."""
    with reading() as db:
        items, following = take_page(db, badges.select_keys(), SigningKey.id, **asked)
    return {"items": [public_of(key) for key in items], "next": following}


@keys_blueprint.post("/signing-keys", program(Permission.ADMINISTER), answer=SigningKeyAnswer, status=201)
def post_signing_key() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Make the next key; badges that are printed already stay good until they expire."""
    key = perform(rotate_signing_key, now=now(), keys=services().keys)
    return public_of(key), 201, located("/signing-keys")


def public_of(key: SigningKey) -> dict[str, Any]:
    """Return what is told of a key."""
    return {
        "number": key.number,
        "algorithm": ALGORITHM,
        "public_key": base64.b64encode(key.public_key).decode(),
        "created_at": key.created_at,
        "withdrawn_at": key.withdrawn_at,
    }
