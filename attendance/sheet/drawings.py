"""A drawn signature as a picture: an SVG document for the page and the PDF, of a canonical path and nothing else."""

from __future__ import annotations

import re

WIDTH, HEIGHT = 1000, 500
_CANONICAL = re.compile(r"(?:M[0-9]{1,4} [0-9]{1,4}(?:L[0-9]{1,4} [0-9]{1,4})*)+")


def svg_of(path: str) -> str:
    """Return the SVG document of a drawing's path; raise ValueError for anything that is not a canonical path."""
    if _CANONICAL.fullmatch(path) is None:
        raise ValueError("not a canonical path")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH // 10}" '
        f'height="{HEIGHT // 10}"><path d="{path}" fill="none" stroke="currentColor" stroke-width="8" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
