"""How somebody whom a search found is named afterwards: by the rows they have, else by their booking."""

from __future__ import annotations

from attendance.domain.expectations import Expectation
from attendance.steps.statements import Person


def person_of(expectation: Expectation) -> Person:
    """Return the shortest name that will lead back to this expectation."""
    if expectation.attendee_id is not None and expectation.half_day_id is not None:
        return Person(attendee_id=expectation.attendee_id, half_day_id=expectation.half_day_id)
    if expectation.appointment_id is not None:
        return Person(appointment_id=expectation.appointment_id)
    return Person(workshop_id=expectation.workshop_id, beneficiary_id=expectation.beneficiary_id)
