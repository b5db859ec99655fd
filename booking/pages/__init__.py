"""Booking's pages; importing the package gives every view its address."""

from booking.pages import cancelling, choosing, day, holding, moving, requests, start, ticket
from booking.pages.blueprint import blueprint

__all__ = ["blueprint", "cancelling", "choosing", "day", "holding", "moving", "requests", "start", "ticket"]
