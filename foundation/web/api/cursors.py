"""Long lists by the page: the end of one is where the next begins, so that a row added meanwhile moves nothing."""

from __future__ import annotations

from typing import Any

from foundation.web.api.fields import AskedNumber, HouseSchema, Identifier, Part, Several

MOST_ON_A_PAGE = 200


class PageAsked(HouseSchema):
    """Which page: `after` is the `next` of the page before."""

    after = Identifier(load_default=None, metadata={"description": "The `next` of the page before."})
    limit = AskedNumber(least=1, most=MOST_ON_A_PAGE, load_default=50)


def page_of(item: type[HouseSchema]) -> type[HouseSchema]:
    """Return the shape of a page of `item`."""
    name = f"{item.__name__.removesuffix('Answer')}Page"
    described = {"description": "Ask for the following page with it; null on the last page."}
    shape: dict[str, Any] = {
        "__doc__": "One page of a list.",
        "items": Several(Part(item), most=MOST_ON_A_PAGE, required=True),
        "next": Identifier(allow_none=True, required=True, metadata=described),
    }
    return type(name, (HouseSchema,), shape)
