"""TOTP (RFC 6238) of staff: one step of 30 s back and none ahead, and no step twice (§5.2)."""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DIGITS = 6


def matching_step(secret: str, code: str, *, last_step: int, now: datetime) -> int | None:
    """Return the time step for which `code` is right and was not used yet, or None."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current, current - 1):
        if step > last_step and hmac.compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def enrolment_address(secret: str, *, email: str, organisation: str) -> str:
    """Return the `otpauth:` address that an authenticator application scans."""
    totp = pyotp.TOTP(secret, name=email, issuer=organisation, digits=DIGITS, interval=STEP_SECONDS)
    return totp.provisioning_uri()
