"""What a request and an answer are made of: strict on the way in, with the house's own sentences beside each field.

Strict means what JSON Schema says: a number is not a text, `true` is not 1, and a time has its offset (RFC 3339).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from marshmallow import RAISE, Schema, fields, validate

from foundation import ids

ID_PATTERN = "^[0-7][0-9a-hjkmnp-tv-z]{12}$"
WITHOUT_NUL = "^[^\\x00]*$"
"""No text of PostgreSQL holds it, so a body that does is as unreadable as a missing brace."""
_RFC_3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|z|[+-]\d{2}:\d{2})", flags=re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", flags=re.ASCII)
_YEARS = range(2000, 2200)
LARGEST = 1_000_000

# Wording keys, not sentences: the errors are said in the reader's language when the request is refused.
_MESSAGES = {
    "required": "api.field.missing",
    "null": "api.field.missing",
    "invalid": "api.field.unreadable",
    "invalid_utf8": "api.field.unreadable",
    "too_large": "api.field.unreadable",
    "unknown": "api.field.not_one_of_these",
    "type": "api.field.unreadable",
}

_OF_AN_OBJECT = {"unknown": "api.field.not_known", "type": "api.field.unreadable"}


class _Said:
    """Errors as wording keys, whatever the kind of field."""

    default_error_messages: Any = _MESSAGES


class HouseSchema(Schema):
    """An object with known fields: one that is not known is refused, because it was probably meant."""

    may_be_absent = False
    """A body that need not be sent at all: then every field has its usual value."""

    class Meta:
        """Refuse what is not known."""

        unknown = RAISE

    error_messages: Any = _OF_AN_OBJECT


class Text(_Said, fields.String):
    """A line of text, without spaces around it or control characters inside."""

    def __init__(self, *, longest: int, blank: bool = False, **kwargs: Any) -> None:
        """Take at least one letter, unless it may be `blank`, and `longest` at most."""
        length = validate.Length(min=0 if blank else 1, max=longest, error="api.field.too_long_or_empty")
        super().__init__(validate=length, metadata={"pattern": WITHOUT_NUL, **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


class Secret(_Said, fields.String):
    """A token or a code, taken as it was sent."""

    def __init__(self, *, longest: int = 400, blank: bool = False, **kwargs: Any) -> None:
        """Take at most `longest` characters, and one at least unless it may be `blank`."""
        length = validate.Length(min=0 if blank else 1, max=longest, error="api.field.too_long_or_empty")
        super().__init__(validate=length, metadata={"pattern": WITHOUT_NUL, **kwargs.pop("metadata", {})}, **kwargs)


class Identifier(_Said, fields.String):
    """The 13 letters and digits of an identifier; a whole number of 63 bits inside."""

    def __init__(self, **kwargs: Any) -> None:
        """Describe the letters."""
        metadata = {"pattern": ID_PATTERN, **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else ids.to_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(ID_PATTERN, text):
            raise self.make_error("invalid")
        return ids.from_text(text)


class Instant(_Said, fields.AwareDateTime):
    """A time with its offset (RFC 3339), from 2000 to 2199; aware inside, whatever its zone."""

    _years = _YEARS

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat(timespec="microseconds" if value.microsecond else "seconds")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        read = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
        if read is None:
            raise self.make_error("invalid")
        day, hour, offset = read.groups()
        try:
            instant = datetime.fromisoformat(f"{day}T{hour[:15]}{offset.upper()}").astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error
        if instant.year not in self._years:
            raise self.make_error("invalid")
        return instant


class Written(NamedTuple):
    """A time, and how it was written: signatures are of the text."""

    text: str
    instant: datetime


class WrittenInstant(Instant):
    """A time by somebody else's clock, which may be quite wrong (1900 to 2199), with its text as it was signed."""

    _years = range(1900, 2200)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return Written(value, super()._deserialize(value, attr, data, **kwargs))


class Day(_Said, fields.Date):
    """A calendar day, `2026-04-13`, from 2000 to 2199."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid") from error
        if day.year not in _YEARS:
            raise self.make_error("invalid")
        return day


class WallClock(_Said, fields.String):
    """An hour on the wall, `09:30`, in the zone of its venue, as minutes since midnight; `24:00` where it may end."""

    def __init__(self, *, may_end_the_day: bool = False, **kwargs: Any) -> None:
        """Describe the letters."""
        letters = "([01][0-9]|2[0-3]):[0-5][0-9]"
        self._form = re.compile(f"{letters}|24:00" if may_end_the_day else letters, flags=re.ASCII)
        super().__init__(metadata={"pattern": f"^({self._form.pattern})$", **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # type: ignore[override]
        return None if value is None else f"{value // 60:02}:{value % 60:02}"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not self._form.fullmatch(text):
            raise self.make_error("invalid")
        hour, _, minute = text.partition(":")
        return int(hour) * 60 + int(minute)


class Whole(_Said, fields.Integer):
    """A whole number; `true` is none."""

    def __init__(self, *, least: int = 0, most: int = LARGEST, **kwargs: Any) -> None:
        """Take from `least` to `most`, both included."""
        limits = validate.Range(min=least, max=most, error="api.field.out_of_range")
        super().__init__(strict=True, validate=limits, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class AskedNumber(_Said, fields.Integer):
    """A whole number in an address, in ASCII digits."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        """Take from `least` to `most`, both included."""
        limits = validate.Range(min=least, max=most, error="api.field.out_of_range")
        super().__init__(validate=limits, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not re.fullmatch(r"-?[0-9]{1,9}", str(value)):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(_Said, fields.Boolean):
    """`true` or `false`, and nothing that looks like them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Choice(_Said, fields.Enum[Any]):
    """One of the values of an enumeration."""

    def __init__(self, enum: Any, **kwargs: Any) -> None:
        """Take and give the values, not the names."""
        super().__init__(enum, by_value=True, **kwargs)


class Part(_Said, fields.Nested):
    """An object inside another."""


class Several(_Said, fields.List[Any]):
    """A list."""

    def __init__(self, inner: Any, *, fewest: int = 0, most: int = 500, **kwargs: Any) -> None:
        """Take from `fewest` to `most` of them."""
        length = validate.Length(min=fewest, max=most, error="api.field.too_few_or_too_many")
        super().__init__(inner, validate=length, **kwargs)
