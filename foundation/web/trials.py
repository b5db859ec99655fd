"""A file is tried first, and comes back by the form to be taken: the very same one, with a proof that it was tried."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from foundation.web.services import current_actor, services


@dataclass(frozen=True)
class TriedFile:
    """A file, and what else the trial was about; `purpose` keeps the proofs of one page from those of another."""

    purpose: str
    about: str
    content: bytes

    @property
    def text(self) -> str:
        """Return the file as a form carries it back."""
        return base64.urlsafe_b64encode(self.content).decode()

    @property
    def _bound(self) -> str:
        return f"{current_actor().organisation_id} {self.about} {self.text}"

    @property
    def proof(self) -> str:
        """Return what proves that this very file was tried by this organisation, in this way."""
        return services().keys.fingerprint(self.purpose, self._bound)

    def is_proven(self, shown: str) -> bool:
        """Say whether `shown` is the proof, by any of the master keys."""
        known = services().keys.fingerprints(self.purpose, self._bound)
        return any(hmac.compare_digest(one.encode(), shown.encode()) for one in known)


def content_of(text: str) -> bytes | None:
    """Return a file that a form has carried back, or None when it has not."""
    try:
        return base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
