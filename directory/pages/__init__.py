"""The directory's pages; importing the package gives every view its address."""

from directory.pages import devices, keys, log_in
from directory.pages.blueprint import blueprint

__all__ = ["blueprint", "devices", "keys", "log_in"]
