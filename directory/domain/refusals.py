"""What the directory refuses."""

from __future__ import annotations

from foundation.refusals import Conflict, Forbidden, Invalid, NotFound, NotLoggedIn


class OrganisationNotFound(NotFound):
    """No organisation has this address."""


class VenueNotFound(NotFound):
    """No such venue here."""


class BeneficiaryNotFound(NotFound):
    """No such person here."""


class QueryTooShort(Invalid):
    """A search by name needs three letters, so that nobody leafs through the people."""


class LogInNeeded(NotLoggedIn):
    """Nobody is logged in, or for too long."""


class SlugTaken(Conflict):
    """Another organisation has this address."""


class AgentExists(Conflict):
    """This mail address already logs in here."""


class PasswordTooShort(Invalid):
    """Fifteen characters at least: length is what guards a password."""


class StaffSessionNotFound(NotFound):
    """No such log-in of this agent."""


class AgentNotFound(NotFound):
    """No such agent here."""


class ResourceNotFound(NotFound):
    """No such agent's time, room or vehicle here."""


class BadgeNotFound(NotFound):
    """No such badge here."""


class DeviceNotFound(NotFound):
    """No such device here, or it was revoked."""


class ApiKeyNotFound(NotFound):
    """No such key here."""


class ApiKeyNeeded(NotLoggedIn):
    """The request shows no key."""

    challenge = 'Bearer realm="Paraphe"'


class ApiKeyRefused(NotLoggedIn):
    """The key is none of ours, has ended, or was revoked; a personal link likewise. The cases are not told apart."""

    challenge = 'Bearer realm="Paraphe", error="invalid_token"'


class ScopesTooWide(Forbidden):
    """A key cannot give what it has not itself, and a device is given the scopes of a door only."""


class OwnApiKey(Conflict):
    """A key does not revoke itself."""


class EndsInThePast(Invalid):
    """The end that was asked for is over already."""


class ZoneNotKnown(Invalid):
    """No such time zone in the IANA database."""


class UnreadableIdentity(Invalid):
    """A SIRET has fourteen digits, a slug is made of small letters, digits and hyphens."""


class AgentsOwnTime(Conflict):
    """An agent's time comes and goes with the agent."""


class LastManager(Conflict):
    """Without a manager nobody could change anything any more."""


class EndsTooLate(Invalid):
    """The end that was asked for is too far away."""


class NoSigningKeyLeft(Conflict):
    """An organisation has 255 signing keys at most: their number is one byte of the badge."""


class UnfitCaps(Invalid):
    """Caps are for agents, and a week has no fewer than a day."""


class UnfitHoliday(Invalid):
    """Nobody plans so far."""


class HolidayChoiceNotFound(NotFound):
    """Nothing was decided about this day here."""
