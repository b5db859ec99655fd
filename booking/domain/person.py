"""Who an appointment is for, as it was typed and understood."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.refusals import Invalid


class ContactNeeded(Invalid):
    """Neither a telephone number nor a mail address: nobody could be told."""


class PhoneNeeded(Invalid):
    """An appointment by telephone needs to know where to call."""


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

    def refuse_unreachable(self, *, by_phone: bool) -> None:
        """Return when the person can be told of a change, and be called if that is the appointment; raise why not."""
        if by_phone and self.phone is None:
            raise PhoneNeeded({"phone": "booking.person.phone_needed"})
        if self.phone is None and self.email is None:
            raise ContactNeeded({"phone": "booking.person.contact_needed"})

    def refuse_without_address(self) -> None:
        """Return when the address of an appointment at home is known; raise AddressNeeded."""
        if not self.home_address:
            raise AddressNeeded({"home_address": "booking.person.address_needed"})
