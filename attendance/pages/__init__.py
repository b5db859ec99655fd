"""The pages of attendance; importing the package gives every view its address."""

from attendance.pages import countersigning, meetings, scanner, sheets, signing
from attendance.pages.blueprint import blueprint

__all__ = ["blueprint", "countersigning", "meetings", "scanner", "sheets", "signing"]
