"""Closed by default: each view says to whom it is open, and a view that says nothing is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, g, request

from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from foundation.links import follow
from foundation.models import PersonalLink
from foundation.refusals import Forbidden
from foundation.web.services import now, services

View = TypeVar("View", bound=Callable[..., Any])
Gate = Callable[[Mapping[str, Any]], Actor | None]
"""Looks at the view's arguments and the request; returns who comes in, or raises a refusal."""

_MARK = "paraphe_open_to"


class ClosedView(Forbidden):
    """The view does not say to whom it is open."""


def open_to(gate: Gate) -> Callable[[View], View]:
    """Mark a view as open to whoever `gate` lets in."""

    def mark(view: View) -> View:
        setattr(view, _MARK, gate)
        return view

    return mark


def gate_of(view: Callable[..., Any]) -> Gate | None:
    """Return the mark of a view, if it has one."""
    gate: Gate | None = getattr(view, _MARK, None)
    return gate


def everyone(_arguments: Mapping[str, Any]) -> Actor | None:
    """Let anybody in; the view reads no organisation's rows (or finds which organisation by another gate)."""
    return None


class HolderOf:
    """Lets in whoever holds a live personal link of one purpose; the address has it as `token`."""

    def __init__(self, purpose: str, kind: ActorKind) -> None:
        """Say what the link is for, and who its holder is."""
        self.purpose = purpose
        self.kind = kind

    def __call__(self, arguments: Mapping[str, Any]) -> Actor:
        """Follow the link and act inside its organisation alone."""
        with services().database.reading(EVERY_ORGANISATION) as db:
            link = follow(db, arguments["token"], purpose=self.purpose, keys=services().keys, now=now())
        g.link = link
        return Actor(self.kind, link.organisation_id, link.subject_id, link.id)


def followed_link() -> PersonalLink:
    """Return the personal link that let this request in."""
    link: PersonalLink = g.link
    return link


def guard(app: Flask) -> None:
    """Stand before every view of the application."""

    @app.before_request
    def admit() -> None:
        if request.endpoint is None:
            return
        gate = gate_of(app.view_functions[request.endpoint])
        if gate is None:
            raise ClosedView
        g.actor = gate(request.view_args or {})
