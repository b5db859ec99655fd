"""Series of workshops: a rule on the wall clock, each of whose dates is a workshop."""

from __future__ import annotations

from typing import Any

from booking.api.rules import RuleAnswer, RuleBody, recurrence_of, told_rule
from booking.api.workshops import MOST_BESIDE
from booking.domain.settings import SEATS
from booking.domain.workshops import Dates, Why
from booking.models import WorkshopSeries
from booking.queries import series
from booking.use_cases.change_series import change_series, end_series
from booking.use_cases.plan_series import plan_series
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, Day, HouseSchema, Identifier, Part, Several, Text, WallClock, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("workshop-series", "Workshops that repeat: a rule, whose dates are workshops.")

_MOST_DATES = 1_000


class NewSeries(RuleBody):
    """A series to plan; each date lasts as long as its type says, and begins on the wall clock of its venue."""

    type_id = Identifier(required=True)
    venue_id = Identifier(required=True)
    agent_resource_id = Identifier(required=True, metadata={"description": "The `resource_id` of who leads it."})
    resource_ids = Several(
        Identifier(),
        most=MOST_BESIDE,
        load_default=list,
        metadata={"description": "What it takes beside: rooms and vehicles of the venue, other agents."},
    )
    title = Text(longest=160, required=True, metadata={"example": "Atelier CV"})
    starts_at = WallClock(required=True, metadata={"example": "14:00"})
    capacity = Whole(least=SEATS[0], most=SEATS[1], required=True)


class SeriesChanges(HouseSchema):
    """What is to be different in the dates to come; the rest stays, and so does every date that was changed by hand."""

    since = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "The `rule_day` of the first date that changes; null: all that are to come."},
    )
    rule = Part(RuleBody, load_default=None, allow_none=True, metadata={"description": "Other days."})
    agent_resource_id = Identifier()
    resource_ids = Several(Identifier(), most=MOST_BESIDE)
    title = Text(longest=160)
    starts_at = WallClock()
    capacity = Whole(least=SEATS[0], most=SEATS[1])


class SeriesEnd(HouseSchema):
    """From when on it does not take place any more."""

    since = Day(load_default=None, allow_none=True, metadata={"description": "The first day without; null: today."})


class SeriesAnswer(RuleAnswer):
    """A series. Its dates are workshops: list them by `series_id`. They are written further each night."""

    id = Identifier(required=True)
    type_id = Identifier(required=True)
    venue_id = Identifier(required=True)
    agent_resource_id = Identifier(required=True)
    resource_ids = Several(Identifier(), required=True)
    title = Text(longest=160, required=True)
    starts_at = WallClock(required=True)
    capacity = Whole(least=SEATS[0], most=SEATS[1], required=True)


class SeriesDateAnswer(HouseSchema):
    """A date that is not as the rule says, and why."""

    day = Day(required=True)
    why = Choice(Why, required=True)


class SeriesDatesAnswer(HouseSchema):
    """What became of the dates, by the days on which the rule puts them."""

    series = Part(SeriesAnswer, required=True)
    planned = Several(Day(), most=_MOST_DATES, required=True)
    changed = Several(Day(), most=_MOST_DATES, required=True)
    cancelled = Several(
        Day(), most=_MOST_DATES, required=True, metadata={"description": "Off the rule now, with nobody in them."}
    )
    skipped = Several(
        Part(SeriesDateAnswer),
        most=_MOST_DATES,
        required=True,
        metadata={"description": "Nothing is planned: a holiday, or somebody or something is taken or away."},
    )
    kept = Several(
        Part(SeriesDateAnswer),
        most=_MOST_DATES,
        required=True,
        metadata={"description": "Left as they were, for you to see to: set by hand, or with people in them."},
    )


@blueprint.get("/workshop-series", program(), query=PageAsked, answer=page_of(SeriesAnswer))
def list_workshop_series(asked: dict[str, Any]) -> dict[str, Any]:
    """List the series of workshops, ended ones included."""
    with reading() as db:
        items, following = take_page(db, series.select_every(), WorkshopSeries.id, **asked)
    return {"items": [_told(one) for one in items], "next": following}


@blueprint.post(
    "/workshop-series",
    program(Permission.MANAGE_MEETINGS),
    body=NewSeries,
    answer=SeriesDatesAnswer,
    status=201,
)
def post_workshop_series(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a series for a year ahead; the days that are skipped are said, with why."""
    recurrence = recurrence_of(body)
    starts_minute = body.pop("starts_at")
    made, dates = perform(plan_series, now=now(), recurrence=recurrence, starts_minute=starts_minute, **body)
    return _told_dates(made, dates), 201, located(f"/workshop-series/{ids.to_text(made.id)}")


@blueprint.get("/workshop-series/<id:workshop_series_id>", program(), answer=SeriesAnswer)
def show_workshop_series(workshop_series_id: int) -> dict[str, Any]:
    """Show one series."""
    with reading() as db:
        return _told(series.by_id(db, workshop_series_id))


@blueprint.patch(
    "/workshop-series/<id:workshop_series_id>",
    program(Permission.MANAGE_MEETINGS),
    body=SeriesChanges,
    answer=SeriesDatesAnswer,
)
def patch_workshop_series(body: dict[str, Any], workshop_series_id: int) -> dict[str, Any]:
    """Change what is to come of a series, all of it or from one date on."""
    since, rule = body.pop("since"), body.pop("rule")
    changes = {"starts_minute" if name == "starts_at" else name: value for name, value in body.items()}
    changed, dates = perform(
        change_series,
        now=now(),
        series_id=workshop_series_id,
        changes=changes,
        recurrence=None if rule is None else recurrence_of(rule),
        since=since,
    )
    return _told_dates(changed, dates)


@blueprint.post(
    "/workshop-series/<id:workshop_series_id>/end",
    program(Permission.MANAGE_MEETINGS),
    body=SeriesEnd,
    answer=SeriesDatesAnswer,
)
def post_workshop_series_end(body: dict[str, Any], workshop_series_id: int) -> dict[str, Any]:
    """End a series: later dates are called off, except where somebody has a seat."""
    ended, dates = perform(end_series, now=now(), series_id=workshop_series_id, since=body["since"])
    return _told_dates(ended, dates)


def _told(row: WorkshopSeries) -> dict[str, Any]:
    plain = ("id", "type_id", "venue_id", "agent_resource_id", "title", "capacity")
    return {
        **{name: getattr(row, name) for name in plain},
        **told_rule(row),
        "resource_ids": [int(one) for one in row.resource_ids],
        "starts_at": row.starts_minute,
    }


def _told_dates(row: WorkshopSeries, dates: Dates) -> dict[str, Any]:
    plain = ("planned", "changed", "cancelled")
    with_why = ("skipped", "kept")
    return {
        "series": _told(row),
        **{name: sorted(getattr(dates, name)) for name in plain},
        **{name: [{"day": day, "why": why} for day, why in sorted(getattr(dates, name))] for name in with_why},
    }
