"""Forms: parsed at the edge, shown again as they were sent, with each sentence beside its field."""

from __future__ import annotations

from typing import Any, ClassVar

from wtforms import Form

from foundation.refusals import Invalid
from foundation.web.language import say


class HouseForm(Form):
    """A form whose labels are `<wording>.<field>` and whose errors may come from a rule further down."""

    wording: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the labels in the reader's language."""
        super().__init__(*args, **kwargs)
        for name, field in self._fields.items():
            field.label.text = say(f"{self.wording}.{name.replace('_', '-')}")

    def blame(self, name: str, key: str, **values: object) -> None:
        """Put a sentence beside a field."""
        field = self._fields[name]
        field.errors = [*field.errors, say(key, **values)]

    def accept(self, refusal: Invalid) -> None:
        """Put the sentences of a refusal beside the fields that it names."""
        for name, key in refusal.fields.items():
            self.blame(name, key, **refusal.details)

    def text(self, name: str) -> str:
        """Return what was typed, without spaces around it."""
        return " ".join(str(self._fields[name].data or "").split())
