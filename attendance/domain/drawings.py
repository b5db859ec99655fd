"""A signature drawn by finger, flattened: where the ink is, and nothing of how it came there.

No timing and no pressure are taken: how somebody moves identifies them (biometric data, GDPR art. 9), where the ink
lies is what paper shows too.
"""

from __future__ import annotations

import hashlib
import re

from foundation.refusals import Invalid

WIDTH, HEIGHT = 1000, 500
LONGEST = 20_000
FEWEST_POINTS = 8
LEAST_WIDTH, LEAST_HEIGHT = 60, 20
_PATH = re.compile(r"(?:M\d{1,4} \d{1,3}(?:L\d{1,4} \d{1,3})*)+")
_POINT = re.compile(r"(\d+) (\d+)")


class DrawingUnreadable(Invalid):
    """What was drawn is no path of whole numbers on the sheet, or hardly anything."""


def parse_drawing(text: str) -> str:
    """Return the text of a drawing: absolute moves and lines, `M12 30L14 32…`; raise DrawingUnreadable.

    The sheet is 1000 wide and 500 high. Eight points at least, over 60 by 20, so that a touch by mistake is none.
    """
    if len(text) > LONGEST or not _PATH.fullmatch(text):
        raise DrawingUnreadable({"drawing": "refusal.drawing-unreadable"})
    points = [(int(x), int(y)) for x, y in _POINT.findall(text)]
    across, down = ({point[axis] for point in points} for axis in (0, 1))
    fits = max(across) <= WIDTH and max(down) <= HEIGHT
    is_ink = max(across) - min(across) >= LEAST_WIDTH and max(down) - min(down) >= LEAST_HEIGHT
    if not fits or not is_ink or len(points) < FEWEST_POINTS:
        raise DrawingUnreadable({"drawing": "refusal.drawing-unreadable"})
    return text


def readable(text: str) -> str | None:
    """Return the drawing, or None when it is none."""
    try:
        return parse_drawing(text)
    except DrawingUnreadable:
        return None


def path_hash(text: str) -> str:
    """Return the SHA-256 by which the very same drawing is found again."""
    return hashlib.sha256(text.encode()).hexdigest()
