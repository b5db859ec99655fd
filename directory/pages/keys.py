"""Keys of programs and scanners at the doors: a manager makes them, sees when they were last used, and ends them."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from directory.domain.permissions import Permission
from directory.pages.blueprint import blueprint
from directory.pages.gates import staff
from directory.pages.keys_view import LIVES, key_form, offered, page, read
from directory.use_cases.make_api_key import OF_A_DEVICE, make_api_key
from directory.use_cases.revoke_api_key import revoke_api_key
from foundation import ids
from foundation.web.access import open_to
from foundation.web.services import now, perform

LONGEST_NAME = 120
_MANAGER = staff(Permission.ADMINISTER)


@blueprint.get("/equipe/cles", endpoint="keys")
@open_to(_MANAGER)
def show_keys() -> str:
    """Show the devices and the keys."""
    return page(read())


@blueprint.post("/equipe/cles")
@open_to(_MANAGER)
def make_key() -> str | tuple[str, int]:
    """Make a key, and show it this once: the answer is the page itself, because nothing keeps the text."""
    known = read()
    form = key_form(known, request.form)
    name, scopes, device = form.text("name"), form.scopes.data or [], form.device.data or ""
    if not 0 < len(name) <= LONGEST_NAME:
        form.blame("name", "field.missing" if not name else "field.too_long", most=LONGEST_NAME)
    if not scopes or not offered(form.scopes).issuperset(scopes):
        form.blame("scopes", "directory.keys.scopes_needed")
    elif device and not OF_A_DEVICE.issuperset(scopes):
        form.blame("scopes", "refusal.scopes-too-wide")
    if form.lasts.data not in LIVES or device not in offered(form.device):
        form.blame("device", "field.missing")
    if any(field.errors for field in form):
        return page(known, form=form), 422
    key, text = perform(
        make_api_key,
        now=now(),
        name=name,
        scopes=[Permission(scope) for scope in scopes],
        expires_at=now() + LIVES[form.lasts.data],
        device_id=ids.from_text(device) if device else None,
    )
    return page(read(), made=(key.name, text))


@blueprint.post("/equipe/cles/<id:key_id>/fin", endpoint="end_key")
@open_to(_MANAGER)
def end_key(key_id: int) -> Response:
    """Revoke a key."""
    perform(revoke_api_key, now=now(), key_id=key_id)
    return redirect(url_for("directory.keys"), 303)
