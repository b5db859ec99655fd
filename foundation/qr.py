"""QR pictures: SVG for pages, PNG for mails."""

from __future__ import annotations

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str) -> str:
    """Return an SVG document of the code, four modules of white around it (ISO/IEC 18004)."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, image_factory=SvgPathImage)
    code.add_data(text)
    drawing = io.BytesIO()
    code.make_image().save(drawing)
    return drawing.getvalue().decode()


def qr_png(text: str, *, pixels_a_module: int = 8) -> bytes:
    """Return a PNG of the code, black on white."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, box_size=pixels_a_module, image_factory=PilImage)
    code.add_data(text)
    picture = io.BytesIO()
    code.make_image().save(picture, "PNG")
    return picture.getvalue()
