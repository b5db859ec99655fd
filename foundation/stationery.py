"""How letters look: one text and one HTML from the same content, so that neither says what the other does not."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup, escape

from foundation.keys import MasterKeys
from foundation.wording import Wording

_BODY = "font-family:system-ui,sans-serif;font-size:18px;line-height:1.5;color:#14212b;background:#fbfaf7;padding:16px"
_BUTTON = (
    "display:inline-block;padding:12px 20px;margin:4px 8px 4px 0;border-radius:8px;"
    "background:#0b5d5e;color:#ffffff;text-decoration:none"
)

_PARAGRAPH = Markup("<p>{}</p>")
_SMALL = Markup('<p style="font-size:15px">{}</p>')
_PICTURE = Markup('<p><img src="cid:{}" alt="{}" width="260" style="image-rendering:pixelated"></p>')
_LINK = Markup('<a style="{}" href="{}">{}</a>')
_PAGE = Markup(
    '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>'
    '<body style="{}">{}</body></html>'
)


@dataclass(frozen=True)
class Stationery:
    """What whoever writes letters needs: the keys that make links, the sentences, and where the house stands."""

    keys: MasterKeys = field(repr=False)
    wording: Wording = field(repr=False)
    base_url: str

    def address(self, path: str) -> str:
        """Return the full address of a path of this site."""
        return f"{self.base_url}{path}"


@dataclass(frozen=True)
class Letter:
    """A mail's content: sentences, links that become buttons, and at most one picture (its cid and what it shows)."""

    subject: str
    paragraphs: tuple[str, ...]
    actions: tuple[tuple[str, str], ...] = ()
    picture: tuple[str, str] | None = None
    footer: str = ""

    def as_text(self) -> str:
        """Return the plain text."""
        actions = [f"{label}\n{url}" for label, url in self.actions]
        parts = [*self.paragraphs, *actions, *(["-- \n" + self.footer] if self.footer else [])]
        return "\n\n".join(parts) + "\n"

    def as_html(self, language: str) -> str:
        """Return the HTML, with everything escaped and nothing loaded from outside."""
        lines = [_PARAGRAPH.format(_with_breaks(paragraph)) for paragraph in self.paragraphs]
        if self.picture is not None:
            lines.append(_PICTURE.format(*self.picture))
        if self.actions:
            buttons = (_LINK.format(_BUTTON, url, label) for label, url in self.actions)
            lines.append(_PARAGRAPH.format(Markup(" ").join(buttons)))
        if self.footer:
            lines.append(_SMALL.format(_with_breaks(self.footer)))
        return str(_PAGE.format(language, self.subject, _BODY, Markup("\n").join(lines)))


def _with_breaks(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
