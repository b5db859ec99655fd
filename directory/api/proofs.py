"""Operations whose body is the proof: failures are counted by network, and by device within its network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from directory.domain.enrolment import MOST_FAILURES, MOST_FAILURES_OF_NETWORK, DeviceRefused, EnrolmentRefused
from directory.use_cases.count_failed_proofs import ProofCounter, count_failed_proof, refuse_many_failures
from foundation import ids
from foundation.web.limits import network
from foundation.web.services import now, perform_everywhere, services

P = ParamSpec("P")
T = TypeVar("T")


def perform_proved(
    device_id: int | None, use_case: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run the use case over every organisation; raise TooManyProofs, or what it raises."""
    counters = _counters(device_id)
    perform_everywhere(refuse_many_failures, now=now(), counters=counters)
    try:
        return perform_everywhere(use_case, *args, **kwargs)
    except (DeviceRefused, EnrolmentRefused):
        perform_everywhere(count_failed_proof, now=now(), counters=counters)
        raise


def _counters(device_id: int | None) -> list[ProofCounter]:
    keys, here = services().keys, network()
    counters = [ProofCounter(keys.fingerprint("failed proofs: network", here), MOST_FAILURES_OF_NETWORK)]
    if device_id is not None:
        within = f"{here} {ids.to_text(device_id)}"
        counters.append(ProofCounter(keys.fingerprint("failed proofs: device", within), MOST_FAILURES))
    return counters
