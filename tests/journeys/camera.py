"""A fake camera: a short film of a picture, as Chromium takes it for a video device."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 640, 480
FRAMES = 10
SMALL_WIDTH, SMALL_HEIGHT = 320, 240
FRAMES_A_SECOND = 5


def film(png: bytes, path: Path) -> Path:
    """Write a film in which somebody holds the picture before the camera, on a grey table, a little turned."""
    picture = Image.open(io.BytesIO(png)).convert("L").resize((340, 340), Image.Resampling.LANCZOS)
    turned = picture.rotate(4, expand=True, fillcolor=150, resample=Image.Resampling.BICUBIC)
    frame = Image.new("L", (WIDTH, HEIGHT), 150)
    frame.paste(turned, ((WIDTH - turned.width) // 2, (HEIGHT - turned.height) // 2))
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(FRAMES):
            out.write(b"FRAME\n" + frame.tobytes() + grey)
    return path


def parade(pictures: Sequence[bytes], path: Path, *, frames: int = 10) -> Path:
    """Write a film in which people hold their badges before the camera one after another, at five frames a second."""
    grey = bytes([128]) * (SMALL_WIDTH * SMALL_HEIGHT // 2)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{SMALL_WIDTH} H{SMALL_HEIGHT} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for png in pictures:
            frame = Image.new("L", (SMALL_WIDTH, SMALL_HEIGHT), 150)
            picture = Image.open(io.BytesIO(png)).convert("L").resize((220, 220), Image.Resampling.LANCZOS)
            frame.paste(picture, ((SMALL_WIDTH - 220) // 2, (SMALL_HEIGHT - 220) // 2))
            for _ in range(frames):
                out.write(b"FRAME\n" + frame.tobytes() + grey)
    return path
