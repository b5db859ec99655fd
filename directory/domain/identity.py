"""Who an organisation is and where a venue lies: checked before sheets are printed and clocks are read by it."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

import phonenumbers

from directory.domain.refusals import UnreadableIdentity, ZoneNotKnown

_FORMS = {
    "name": re.compile(r".{1,120}"),
    "slug": re.compile(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*"),
    "address": re.compile(r".{1,300}"),
    "siret": re.compile(r"[0-9]{14}"),  # its Luhn sum is not asked for: La Poste's do not have it
    "activity_declaration": re.compile(r".{0,20}"),
    "directions": re.compile(r".{0,500}"),
}
_SENTENCES = {"slug": "directory.identity.slug", "siret": "directory.identity.siret"}
# In every zone database, and no place: one is whatever the machine is set to, the other says that nobody has set it.
_NO_PLACES = {"localtime", "Factory"}


def check_identity(*, time_zone: str, region: str, **details: str) -> None:
    """Raise UnreadableIdentity with every detail that is not of its form, or ZoneNotKnown when only the zone is wrong.

    `region` is the two capital letters of a country with a telephone plan; the other details are named in `_FORMS`.
    """
    wrong = {
        name: _SENTENCES.get(name, "api.field.too_long_or_empty")
        for name, text in details.items()
        if not _FORMS[name].fullmatch(text)
    }
    if region not in phonenumbers.SUPPORTED_REGIONS:
        wrong["region"] = "directory.identity.region"
    zone = {} if time_zone in _zones() else {"time_zone": "refusal.zone-not-known"}
    if wrong:
        raise UnreadableIdentity(wrong | zone)
    if zone:
        raise ZoneNotKnown(zone)


@cache
def _zones() -> set[str]:
    return available_timezones() - _NO_PLACES
