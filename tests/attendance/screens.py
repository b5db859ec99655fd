"""What a camera reads from the room's screen."""

from __future__ import annotations

import base64
import re

import zxingcpp
from PIL import Image, ImageDraw

PIXELS = 6
_PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_SIDE = re.compile(r'viewBox="0 0 (\d+) \d+"')
_SQUARE = re.compile(r"M(\d+),(\d+)H(\d+)V(\d+)H\d+z")


def scanned(page: str) -> str | None:
    """What the QR on a page says, or None when there is none."""
    found = _PICTURE.search(page)
    if found is None:
        return None
    drawing = base64.b64decode(found[1]).decode()
    side = _SIDE.search(drawing)
    assert side is not None
    picture = Image.new("L", (int(side[1]) * PIXELS,) * 2, 255)
    pen = ImageDraw.Draw(picture)
    for square in _SQUARE.finditer(drawing):
        left, top, right, bottom = (int(number) * PIXELS for number in square.groups())
        pen.rectangle((left, top, right - 1, bottom - 1), fill=0)
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)
