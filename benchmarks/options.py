"""What can be said on the command line of a benchmark: names and numbers, several at once."""

from __future__ import annotations

from typing import Any

import click


class Some(click.ParamType[tuple[str, ...]]):
    """Some of the names, separated by commas."""

    name = "names"

    def __init__(self, *names: str) -> None:
        self._names = names

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[str, ...]:
        chosen = value if isinstance(value, tuple) else tuple(value.split(","))
        for name in chosen:
            if name not in self._names:
                self.fail(f"{name} is none of {', '.join(self._names)}", parameter, context)
        return chosen


class Numbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers from 1, separated by commas."""

    name = "numbers"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        if not all(word.isdecimal() and int(word) for word in value.split(",")):
            self.fail(f"{value} is not whole numbers from 1", parameter, context)
        return tuple(int(word) for word in value.split(","))
