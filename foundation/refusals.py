"""Expected «no»: raised where the rule is, mapped to an answer in one place, and leaving no trace in the database.

A «no» that is itself a fact to keep (a scan, a code, a log-in) is a verdict that the use case returns, not a refusal.
"""

from __future__ import annotations

from typing import ClassVar

from foundation.events import kebab


class Refusal(Exception):
    """Something a person may hear; its sentence is `refusal.<code>` in the wording files.

    `details` fill the placeholders of the sentence and may be shown: never put a secret or personal data in them.
    """

    status: ClassVar[int] = 400
    retry_after: int | None = None
    """In whole seconds, when trying again later is of use."""

    def __init__(self, **details: str | int) -> None:
        """Keep what the sentence needs."""
        super().__init__(self.code)
        self.details = details

    @property
    def code(self) -> str:
        """The stable name for programs: `SlotTaken` is `slot-taken`."""
        return kebab(type(self).__name__)


class NotFound(Refusal):
    """There is no such thing, or not for this person: the two are never told apart."""

    status = 404


class Forbidden(Refusal):
    """The person is known and may not do this."""

    status = 403


class Conflict(Refusal):
    """The world has changed, or is not in the state this needs."""

    status = 409


class Expired(Refusal):
    """It was good once."""

    status = 410


class Invalid(Refusal):
    """What was sent cannot be understood or accepted; `fields` says where, as wording keys by field name."""

    status = 422

    def __init__(self, fields: dict[str, str] | None = None, **details: str | int) -> None:
        """Keep the faulty fields beside the details."""
        super().__init__(**details)
        self.fields = fields or {}


class TooMany(Refusal):
    """Too often: `retry_after` says how long to wait."""

    status = 429

    def __init__(self, retry_after: int = 60, **details: str | int) -> None:
        """Keep how long to wait."""
        super().__init__(**details)
        self.retry_after = retry_after


class NotLoggedIn(Refusal):
    """Nobody is logged in: people are shown the log-in page, a program hears the challenge (RFC 9110, §11.6.1)."""

    status = 401
    challenge: ClassVar[str] = ""


class Busy(Refusal):
    """The database has been taken for so long that waiting on is of no use now."""

    status = 503
    retry_after = 1


class Stale(Refusal):
    """What would be changed is not what the sender has seen (`If-Match`)."""

    status = 412


class CrossSite(Forbidden):
    """A form was sent from another site, or from a page that is too old."""
