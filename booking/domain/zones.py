"""Whose time is it? A clock is named wherever somebody could take it for their own."""

from __future__ import annotations


def says_zone(zone: str, own_zone: str, *, has_far_venues: bool, is_remote: bool) -> bool:
    """Say whether an hour goes with the name of its place.

    Always when the place's zone is not the organisation's. By telephone or video nobody goes anywhere, so there also
    the organisation's own zone is named as soon as one of its venues lies in another.
    """
    return zone != own_zone or (is_remote and has_far_venues)
