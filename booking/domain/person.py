"""Who an appointment is for, as it was typed and understood."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.refusals import Invalid


class ContactNeeded(Invalid):
    """Neither a telephone number nor a mail address: nobody could be told."""


class AddressNeeded(Invalid):
    """An appointment at home needs to know where home is."""


@dataclass(frozen=True)
class Person:
    """A beneficiary before anybody knows whether they are known; `booked_by` is who booked for them."""

    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    language: str
    booked_by: str = ""
    home_address: str = ""

    def refuse_unreachable(self) -> None:
        """Return when the person can be told of a change; raise ContactNeeded."""
        if self.phone is None and self.email is None:
            raise ContactNeeded({"phone": "booking.person.contact_needed"})

    def refuse_without_address(self) -> None:
        """Return when the address of an appointment at home is known; raise AddressNeeded."""
        if not self.home_address:
            raise AddressNeeded({"home_address": "booking.person.address_needed"})
