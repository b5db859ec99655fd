"""The OpenAPI document told for people: what the page of the API shows, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WAYS = ("get", "post", "patch", "delete")
_MARKS = re.compile(r"(\*\*.+?\*\*|`.+?`)", flags=re.DOTALL)


@dataclass(frozen=True)
class Word:
    """A piece of a sentence or of a form: `kind` is text, strong, code, or shape (a link to a shape on the page)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Field:
    """One field of a shape, or one parameter."""

    name: str
    form: Sequence[Word]
    is_needed: bool
    meaning: Sequence[Word]
    example: str | None


@dataclass(frozen=True)
class Answer:
    """What may come back."""

    status: str
    meaning: Sequence[Word]
    form: Sequence[Word]


@dataclass(frozen=True)
class Way:
    """One operation; `gate` names who is let in."""

    anchor: str
    method: str
    path: str
    summary: Sequence[Word]
    description: Sequence[Word]
    gate: str
    needs: Sequence[Word]
    parameters: Sequence[Field]
    body: Sequence[Word]
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Subject:
    """One subject with its operations."""

    anchor: str
    name: str
    description: str
    ways: Sequence[Way]


@dataclass(frozen=True)
class Shape:
    """One shape with its fields."""

    name: str
    description: str
    fields: Sequence[Field]


def words(sentence: str) -> list[Word]:
    """Split a sentence at its marks: `**strong**` and backquotes."""
    pieces = (piece for piece in _MARKS.split(sentence) if piece)
    return [
        Word("strong", piece[2:-2])
        if piece.startswith("**")
        else Word("code", piece[1:-1])
        if piece.startswith("`")
        else Word("text", piece)
        for piece in pieces
    ]


def subjects(document: Mapping[str, Any]) -> list[Subject]:
    """Return the subjects in their order, each with its operations."""
    ways: dict[str, list[Way]] = {}
    for path, operations in document["paths"].items():
        for method in _WAYS:
            if method in operations:
                way = _way(method, path, operations, document["components"]["responses"])
                ways.setdefault(operations[method]["tags"][0], []).append(way)
    return [
        Subject(tag["name"], tag["name"].removeprefix("api-"), tag["description"], ways.get(tag["name"], []))
        for tag in document["tags"]
    ]


def shapes(document: Mapping[str, Any]) -> list[Shape]:
    """Return the shapes that bodies and answers have, by name."""
    return [
        Shape(name, schema.get("description", ""), _properties(schema))
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _way(method: str, path: str, operations: Mapping[str, Any], refusals: Mapping[str, Any]) -> Way:
    told = operations[method]
    parameters = [*operations.get("parameters", []), *told.get("parameters", [])]
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    (gate,) = [name for requirement in told["security"] for name in requirement] or ["everybody"]
    return Way(
        anchor=f"{method}-{path.strip('/').replace('/', '-')}",
        method=method.upper(),
        path=path,
        summary=words(told.get("summary", "")),
        description=words(told.get("description", "")),
        gate=gate,
        needs=words(told["responses"]["403"]["description"]),
        parameters=[_field(one["name"], one["schema"], one.get("required", False), one) for one in parameters],
        body=_form(body) if body else [],
        answers=[_answer(status, one, refusals) for status, one in sorted(told["responses"].items())],
    )


def _answer(status: str, told: Mapping[str, Any], refusals: Mapping[str, Any]) -> Answer:
    told = refusals[told["$ref"].rpartition("/")[2]] if "$ref" in told else told
    forms = [_form(content["schema"]) for content in told.get("content", {}).values() if "schema" in content]
    return Answer(status, words(told.get("description", "")), forms[0] if forms else [])


def _properties(schema: Mapping[str, Any]) -> list[Field]:
    needed = schema.get("required", [])
    return [_field(name, inner, name in needed, inner) for name, inner in schema.get("properties", {}).items()]


def _field(name: str, schema: Mapping[str, Any], is_needed: bool, told: Mapping[str, Any]) -> Field:  # noqa: FBT001
    example = told.get("example", schema.get("example"))
    meaning = words(told.get("description", ""))
    return Field(name, _form(schema), is_needed, meaning, None if example is None else str(example))


def _form(schema: Mapping[str, Any]) -> list[Word]:
    if "$ref" in schema:
        return [Word("shape", schema["$ref"].rpartition("/")[2])]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            forms = [_form(one) for one in schema[several]]
            return [word for form in forms for word in (Word("text", " | "), *form)][1:]
    if "contentMediaType" in schema:
        return [Word("text", schema["contentMediaType"])]
    if schema.get("type") == "array":
        return [Word("text", "[ "), *_form(schema["items"]), Word("text", " … ]")]
    return _plain(schema)


def _plain(schema: Mapping[str, Any]) -> list[Word]:
    kinds = schema.get("type", "any")
    found = [Word("text", kinds if isinstance(kinds, str) else " | ".join(kinds))]
    if "format" in schema:
        found.append(Word("text", f" ({schema['format']})"))
    for one in schema.get("enum", []):
        found += [Word("text", " "), Word("code", "null" if one is None else str(one))]
    return found
