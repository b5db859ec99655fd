"""Booking's pages; importing the package gives every view its address."""

from booking.pages import cancelling, choosing, day, holding, imports, moving, requests, start, ticket, waiting
from booking.pages.blueprint import blueprint

__all__ = [
    "blueprint",
    "cancelling",
    "choosing",
    "day",
    "holding",
    "imports",
    "moving",
    "requests",
    "start",
    "ticket",
    "waiting",
]
