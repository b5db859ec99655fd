"""Coarse limits, so that one machine gone wild does not take the house: requests a minute, by key or by network.

What guards guessing is not here: those counters are in the database, in the transaction of the check itself.
Each serving process counts for itself, in memory: a restart forgets, which is no loss for a flood.
"""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, request
from flask_limiter import ApplicationLimit, Limiter

_ONE_SUBSCRIBER = 64  # One IPv6 subscriber has that many bits of network (RFC 6177).


def network() -> str:
    """Return the network that the request comes from: an IPv4 address, or the /64 of an IPv6 address."""
    # Never empty: Flask-Limiter does not count what has no name.
    address = request.remote_addr or "unknown"
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return address if parsed.version == 4 else str(ip_network((parsed, _ONE_SUBSCRIBER), strict=False))  # noqa: PLR2004


def caller() -> str:
    """Return whose requests these are: of the key that is shown, within its network, or of the network alone."""
    shown = request.headers.get("Authorization", "")
    return f"{network()} {hashlib.sha256(shown.encode()).hexdigest()}" if shown else network()


def limit_requests(app: Flask, *, a_minute: int) -> None:
    """Refuse with 429 and `Retry-After` beyond `a_minute` for one caller; 0 is no limit.

    A network has ten times as many: forty scanners of one building share an address, and whoever floods can show a new
    key each time. Static files, the health page and addresses that lead nowhere do not count.
    """
    if a_minute == 0:
        return
    limiter = Limiter(
        network,
        app=app,
        storage_uri="memory://",
        strategy="sliding-window-counter",
        headers_enabled=True,
        application_limits=[
            ApplicationLimit(f"{a_minute}/minute", key_function=caller),
            ApplicationLimit(f"{10 * a_minute}/minute", key_function=network),
        ],
    )
    limiter.request_filter(_does_not_count)


def _does_not_count() -> bool:
    return request.endpoint is not None and (
        request.endpoint.endswith("static") or request.endpoint == "foundation.health"
    )
