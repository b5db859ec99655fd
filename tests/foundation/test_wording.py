"""Both languages say everything, every refusal has its sentence, and every key that is used exists."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from pathlib import Path

import pytest

import attendance
import booking
import directory
import foundation
from foundation.refusals import Refusal
from foundation.wording import LANGUAGES, UnknownWording, Wording, load_wording

HOUSE = Path(__file__).parents[2]
PACKAGES = (foundation, directory, booking, attendance)
WORDING = load_wording(HOUSE / package.__name__ / "wording" for package in PACKAGES)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def every_refusal() -> list[type[Refusal]]:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found: list[type[Refusal]] = []
    waiting = list(Refusal.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.split(".")[0] in {package.__name__ for package in PACKAGES}:
            found.append(one)
    return found


GENERAL = {"NotFound", "Forbidden", "Conflict", "Expired", "Invalid", "TooMany", "NotLoggedIn"}


def test_french_and_english_say_the_same_things_with_the_same_placeholders() -> None:
    french, english = (WORDING.tables[language] for language in LANGUAGES)
    assert set(french) == set(english)
    for key, sentence in french.items():
        assert placeholders(sentence) == placeholders(english[key]), key


def test_every_refusal_has_its_sentence() -> None:
    missing = [one.__name__ for one in every_refusal() if one.__name__ not in GENERAL and not _worded(one)]
    assert missing == []


def _worded(refusal: type[Refusal]) -> bool:
    code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", refusal.__name__).lower()
    return WORDING.has(f"refusal.{code}")


def test_every_key_that_code_and_templates_name_exists() -> None:
    used: set[tuple[str, str]] = set()
    said = re.compile(r"(?<!wording\.)\bsay\(\s*[\"']([a-z0-9_.-]+)[\"']\s*[,)]")
    for package in PACKAGES:
        for path in (HOUSE / package.__name__).rglob("*"):
            if path.suffix in {".py", ".html"}:
                text = path.read_text(encoding="utf-8")
                used |= {(path.name, key) for key in said.findall(text)}
    assert len(used) > 100
    table = WORDING.tables["fr"]
    missing = {(name, key) for name, key in used if key not in table and f"{key}.one" not in table}
    assert missing == set()


def test_no_sentence_is_written_twice_or_empty() -> None:
    for language in LANGUAGES:
        assert all(sentence.strip() for sentence in WORDING.tables[language].values())


@pytest.mark.parametrize(
    ("language", "n", "said"), [("fr", 0, "0 place"), ("fr", 1, "1 place"), ("fr", 2, "2 places"), ("en", 0, "0 seats")]
)
def test_a_number_picks_the_form_of_its_language(language: str, n: int, said: str) -> None:
    small = Wording(
        {
            "fr": {"seats.one": "{n} place", "seats.other": "{n} places"},
            "en": {"seats.one": "{n} seat", "seats.other": "{n} seats"},
        }
    )
    assert small.say(language, "seats", n=n) == said
    with pytest.raises(UnknownWording):
        small.say(language, "nothing")
