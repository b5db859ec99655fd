"""Who acts: the second argument of every use case, and the author in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of hands that can change something."""

    VISITOR = "visitor"
    BENEFICIARY = "beneficiary"
    FACILITATOR = "facilitator"
    AGENT = "agent"
    PROGRAM = "program"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Somebody (or the system itself), inside one organisation, with what they may do.

    `identifier` is the agent's id for an agent, the device's or the key's for a machine, and the subject of the link
    for whoever holds a personal link. `through` is the id of the staff session, of the key or of the link that let
    them in. `entrusted_to` is the agent who answers for a device.
    """

    kind: ActorKind
    organisation_id: int
    identifier: int | None = None
    through: int | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)
    entrusted_to: int | None = None

    @property
    def agent_id(self) -> int | None:
        """The agent who answers for what is done, if it is one."""
        return self.identifier if self.kind is ActorKind.AGENT else self.entrusted_to

    def may(self, permission: str) -> bool:
        """Say whether this actor was given `permission`."""
        return permission in self.permissions


def system(organisation_id: int) -> Actor:
    """Return the actor of what nobody asked for by hand: reactions, imports, demonstrations."""
    return Actor(ActorKind.SYSTEM, organisation_id)
