"""The pages of attendance; importing the package gives every view its address."""

from attendance.pages import (
    board,
    connection_imports,
    corrections,
    countersigning,
    device,
    evidence,
    invitations,
    kiosk,
    meetings,
    paper,
    presence,
    reviews,
    room,
    scanner,
    sheets,
    signing,
    trainings,
)
from attendance.pages.blueprint import blueprint

__all__ = [
    "blueprint",
    "board",
    "connection_imports",
    "corrections",
    "countersigning",
    "device",
    "evidence",
    "invitations",
    "kiosk",
    "meetings",
    "paper",
    "presence",
    "reviews",
    "room",
    "scanner",
    "sheets",
    "signing",
    "trainings",
]
