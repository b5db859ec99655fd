"""What happens in the directory."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True)
class NightFell(Event):
    """It is the quiet hour of an organisation: time to forget what has lost its use. Announced anew each night."""
