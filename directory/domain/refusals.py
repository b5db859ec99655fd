"""What the directory refuses."""

from __future__ import annotations

from foundation.refusals import Conflict, Invalid, NotFound, NotLoggedIn


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
