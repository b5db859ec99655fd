"""Every rule of slots: recurrences with dates as rows, teams, caps, approval, series, holidays, the waiting list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CALENDARS = (
    "metropolitan", "alsace-moselle", "guadeloupe", "martinique", "guyane", "la-reunion", "mayotte",
    "saint-barthelemy", "saint-martin", "st-pierre-et-miquelon", "wallis-et-futuna", "polynesie",
    "nouvelle-caledonie", "none",
)  # fmt: skip
CHANNELS = ("on-site", "phone", "video", "home")
STATUSES = ("waiting", "offered", "served", "left", "ended")
INSTANT = sa.DateTime(timezone=True)
NEW_COLUMNS = {
    "resource": ("most_a_day", "most_a_week"),
    "appointment_type": (
        "agents_needed", "needs_vehicle", "needs_approval", "audience", "most_people", "people_share_time", "most_a_day",
        "most_a_week", "person_most_a_day", "person_most_a_week", "offer_minutes",
    ),
    "appointment": ("people", "cancel_reason"),
}  # fmt: skip


def upgrade() -> None:
    """Make the tables, and turn each weekly rule into a recurrence with its dates."""
    for table in ("organisation", "venue"):
        listed = ", ".join(f"'{name}'" for name in CALENDARS)
        check = f"CONSTRAINT ck_{table}_holiday_calendar CHECK (holiday_calendar IN ({listed}))"
        _add(table, f"holiday_calendar VARCHAR(24) NOT NULL DEFAULT 'metropolitan' {check}")
    _add("resource", "most_a_day BIGINT", "most_a_week BIGINT")
    _add(
        "appointment_type",
        "agents_needed BIGINT NOT NULL DEFAULT 1 CONSTRAINT ck_appointment_type_agents_needed CHECK (agents_needed > 0)",
        "needs_vehicle BOOLEAN NOT NULL DEFAULT FALSE",
        "needs_approval BOOLEAN NOT NULL DEFAULT FALSE",
        "audience VARCHAR(24) NOT NULL DEFAULT 'everyone' CONSTRAINT ck_appointment_type_audience CHECK "
        "(audience IN ('agents', 'referrers', 'invited', 'everyone'))",
        "most_people BIGINT NOT NULL DEFAULT 1 CONSTRAINT ck_appointment_type_most_people CHECK (most_people > 0)",
        "people_share_time BOOLEAN NOT NULL DEFAULT FALSE",
        "most_a_day BIGINT",
        "most_a_week BIGINT",
        "person_most_a_day BIGINT",
        "person_most_a_week BIGINT",
        "offer_minutes BIGINT NOT NULL DEFAULT 120",
    )
    op.create_table(
        "holiday_choice",
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        *_tenanted("holiday_choice"),
        _key("holiday_choice", "venue_id", "venue"),
        sa.UniqueConstraint("venue_id", "day", name=op.f("uq_holiday_choice_venue_id_day")),
    )
    everywhere = sa.text("venue_id IS NULL")
    op.create_index(
        "uq_holiday_choice_everywhere", "holiday_choice", ["organisation_id", "day"],
        unique=True, sqlite_where=everywhere, postgresql_where=everywhere,
    )  # fmt: skip
    _series_and_waiting()
    _more_columns()
    _rules_as_recurrences()


def _series_and_waiting() -> None:
    op.create_table(
        "workshop_series",
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_resource_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_ids", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("starts_minute", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        *_recurring("workshop_series"),
        *_tenanted("workshop_series"),
        _key("workshop_series", "type_id", "appointment_type"),
        _key("workshop_series", "venue_id", "venue"),
        _key("workshop_series", "agent_resource_id", "resource"),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_workshop_series_capacity")),
        sa.CheckConstraint("starts_minute BETWEEN 0 AND 1439", name=op.f("ck_workshop_series_minutes")),
    )
    op.create_index("ix_workshop_series_organisation_id", "workshop_series", ["organisation_id"])
    op.create_table(
        "waiting_entry",
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("workshop_id", sa.BigInteger(), nullable=True),
        sa.Column("beneficiary_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", _choice("channel", CHANNELS), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("home_address", sa.String(300), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("from_minute", sa.BigInteger(), nullable=True),
        sa.Column("until_minute", sa.BigInteger(), nullable=True),
        sa.Column("status", _choice("waiting_status", STATUSES), nullable=False),
        sa.Column("offers_made", sa.BigInteger(), nullable=False),
        sa.Column("last_offer_at", INSTANT, nullable=True),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        *_tenanted("waiting_entry"),
        _key("waiting_entry", "type_id", "appointment_type"),
        _key("waiting_entry", "workshop_id", "workshop"),
        _key("waiting_entry", "beneficiary_id", "beneficiary"),
        _key("waiting_entry", "appointment_id", "appointment"),
        _key("waiting_entry", "venue_id", "venue"),
        sa.CheckConstraint("offers_made >= 0", name=op.f("ck_waiting_entry_offers_made")),
    )
    for columns in (["organisation_id", "status"], ["type_id", "status"], ["beneficiary_id"]):
        op.create_index(f"ix_waiting_entry_{'_'.join(columns)}", "waiting_entry", columns)


def _more_columns() -> None:
    with _without_what_hangs_on_them():
        with op.batch_alter_table("workshop") as workshop:
            workshop.add_column(sa.Column("series_id", sa.BigInteger(), nullable=True))
            workshop.add_column(sa.Column("rule_day", sa.Date(), nullable=True))
            workshop.add_column(sa.Column("is_exception", sa.Boolean(), nullable=False, server_default=sa.false()))
            workshop.create_foreign_key(op.f("fk_workshop_series_id"), "workshop_series", ["series_id"], ["id"])
        with op.batch_alter_table("hold") as hold:
            hold.add_column(sa.Column("people", sa.BigInteger(), nullable=False, server_default="1"))
            hold.add_column(sa.Column("waiting_entry_id", sa.BigInteger(), nullable=True))
            hold.create_foreign_key(op.f("fk_hold_waiting_entry_id"), "waiting_entry", ["waiting_entry_id"], ["id"])
    op.create_index("ix_workshop_series_id_rule_day", "workshop", ["series_id", "rule_day"], unique=True)
    _add("appointment", "people BIGINT NOT NULL DEFAULT 1", "cancel_reason VARCHAR(300) NOT NULL DEFAULT ''")
    op.create_index("ix_appointment_type_id_starts_at", "appointment", ["type_id", "starts_at"])
    op.create_index("ix_hold_type_id_starts_at", "hold", ["type_id", "starts_at"])
    op.create_index("ix_hold_waiting_entry_id", "hold", ["waiting_entry_id"])
    with op.batch_alter_table("engagement") as engagement:
        engagement.add_column(sa.Column("override_by", sa.BigInteger(), nullable=True))
        engagement.create_foreign_key(op.f("fk_engagement_override_by"), "agent", ["override_by"], ["id"])
        engagement.create_check_constraint(op.f("ck_engagement_length"), "end_minute - start_minute <= 10080")
        engagement.create_check_constraint(
            op.f("ck_engagement_override"), "is_override = (override_reason IS NOT NULL)"
        )


def _rules_as_recurrences() -> None:
    rules, served = _read("opening_hours"), _read("opening_hours_type")
    dates, absences = _read("opening_occurrence"), _read("time_off")
    zones = {row["id"]: row["time_zone"] for name in ("organisation", "venue") for row in _read(name)}
    for name in ("opening_hours_type", "opening_occurrence", "time_off", "opening_hours"):
        op.drop_table(name)
    _make_opening_hours()
    _make_time_off()
    last = {row["opening_hours_id"]: row["local_day"] for row in sorted(dates, key=lambda row: row["starts_at"])}
    _write("opening_hours", (_recurrence(rule, last.get(rule["id"])) for rule in rules))
    _write("opening_hours_type", served)
    told = {"closes_on_holidays": True, "is_exception": False}
    _write("opening_occurrence", ({**row, "rule_day": row["local_day"], **told} for row in dates))
    rows = [(row, _absence(row, zones[row["organisation_id"]])) for row in absences]
    _write("time_off", (rule for _, rule in rows))
    _write("time_off_occurrence", (_absence_date(row, rule) for row, rule in rows))


def _recurrence(rule: dict[str, Any], last: date | None) -> dict[str, Any]:
    closes = rule["closes_at"].hour * 60 + rule["closes_at"].minute
    return {
        **{name: rule[name] for name in ("id", "organisation_id", "resource_id", "venue_id", "first_day", "last_day")},
        "repeats": "weekly",
        "every": rule["every_weeks"],
        "weekdays": str(rule["weekday"]),
        "opens_minute": rule["opens_at"].hour * 60 + rule["opens_at"].minute,
        "closes_minute": closes or 1440,
        "closes_on_holidays": True,
        "written_until": last or rule["first_day"],
    }


def _absence(row: dict[str, Any], zone: str) -> dict[str, Any]:
    starts, ends = (_wall(row[name], zone) for name in ("starts_at", "ends_at"))
    ends = max(ends, starts + timedelta(minutes=1))
    return {
        **{name: row[name] for name in ("id", "organisation_id", "resource_id", "reason")},
        "venue_id": None,
        "repeats": "once",
        "every": 1,
        "weekdays": "",
        "first_day": starts.date(),
        "last_day": None,
        "written_until": starts.date(),
        "starts_minute": starts.hour * 60 + starts.minute,
        "ends_minute": ends.hour * 60 + ends.minute,
        "days": min((ends.date() - starts.date()).days, 366),  # a year and a clock change: its date stays exact
    }


def _absence_date(row: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    same = ("id", "organisation_id", "resource_id", "starts_at", "ends_at")
    told = {"time_off_id": row["id"], "rule_day": rule["first_day"], "is_cancelled": False, "is_exception": False}
    return {**{name: row[name] for name in same}, **told}


def _wall(instant: datetime, zone: str) -> datetime:
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def _make_opening_hours() -> None:
    op.create_table(
        "opening_hours",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("opens_minute", sa.BigInteger(), nullable=False),
        sa.Column("closes_minute", sa.BigInteger(), nullable=False),
        sa.Column("closes_on_holidays", sa.Boolean(), nullable=False),
        *_recurring("opening_hours"),
        *_tenanted("opening_hours"),
        _key("opening_hours", "resource_id", "resource"),
        _key("opening_hours", "venue_id", "venue"),
        sa.CheckConstraint(
            "opens_minute BETWEEN 0 AND 1439 AND closes_minute BETWEEN 0 AND 1440",
            name=op.f("ck_opening_hours_minutes"),
        ),
    )
    op.create_index("ix_opening_hours_resource_id", "opening_hours", ["resource_id"])
    op.create_table(
        "opening_hours_type",
        sa.Column("opening_hours_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_type_id", sa.BigInteger(), nullable=False),
        _key("opening_hours_type", "opening_hours_id", "opening_hours", ondelete="CASCADE"),
        _key("opening_hours_type", "appointment_type_id", "appointment_type"),
        sa.PrimaryKeyConstraint("opening_hours_id", "appointment_type_id", name=op.f("pk_opening_hours_type")),
    )
    op.create_table(
        "opening_occurrence",
        sa.Column("opening_hours_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("rule_day", sa.Date(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("closes_on_holidays", sa.Boolean(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("is_exception", sa.Boolean(), nullable=False),
        *_tenanted("opening_occurrence"),
        _key("opening_occurrence", "opening_hours_id", "opening_hours", ondelete="CASCADE"),
        _key("opening_occurrence", "resource_id", "resource"),
        _key("opening_occurrence", "venue_id", "venue"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_opening_occurrence_order")),
        sa.UniqueConstraint(
            "opening_hours_id",
            "rule_day",
            "starts_at",
            name=op.f("uq_opening_occurrence_opening_hours_id_rule_day_starts_at"),
        ),
    )
    op.create_index(
        "ix_opening_occurrence_organisation_id_ends_at", "opening_occurrence", ["organisation_id", "ends_at"]
    )


def _make_time_off() -> None:
    minutes = (
        "starts_minute BETWEEN 0 AND 1439 AND ends_minute BETWEEN 0 AND 1440 AND days BETWEEN 0 AND 366"
        " AND (days > 0 OR starts_minute < ends_minute)"
    )
    op.create_table(
        "time_off",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_minute", sa.BigInteger(), nullable=False),
        sa.Column("ends_minute", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        *_recurring("time_off"),
        *_tenanted("time_off"),
        _key("time_off", "resource_id", "resource"),
        _key("time_off", "venue_id", "venue"),
        sa.CheckConstraint(minutes, name=op.f("ck_time_off_minutes")),
    )
    op.create_index("ix_time_off_resource_id", "time_off", ["resource_id"])
    op.create_table(
        "time_off_occurrence",
        sa.Column("time_off_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_day", sa.Date(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("is_exception", sa.Boolean(), nullable=False),
        *_tenanted("time_off_occurrence"),
        _key("time_off_occurrence", "time_off_id", "time_off", ondelete="CASCADE"),
        _key("time_off_occurrence", "resource_id", "resource"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_off_occurrence_order")),
        sa.UniqueConstraint(
            "time_off_id", "rule_day", "starts_at", name=op.f("uq_time_off_occurrence_time_off_id_rule_day_starts_at")
        ),
    )
    op.create_index("ix_time_off_occurrence_resource_id_ends_at", "time_off_occurrence", ["resource_id", "ends_at"])


def downgrade() -> None:
    """Go back to one weekday a rule; rules of another kind, and what only the new tables say, are lost."""
    rules, served = _read("opening_hours"), _read("opening_hours_type")
    dates, absences = _read("opening_occurrence"), _read("time_off_occurrence")
    reasons = {row["id"]: row["reason"] for row in _read("time_off")}
    for name in ("opening_hours_type", "opening_occurrence", "time_off_occurrence", "time_off", "opening_hours"):
        op.drop_table(name)
    _make_weekly_hours()
    weekly = [rule for rule in rules if rule["repeats"] == "weekly" and len(rule["weekdays"]) == 1]
    kept = {rule["id"] for rule in weekly}
    _write("opening_hours", (_weekly(rule) for rule in weekly))
    _write("opening_hours_type", (row for row in served if row["opening_hours_id"] in kept))
    gone = ("rule_day", "closes_on_holidays", "is_exception")
    plain = ({name: row[name] for name in row if name not in gone} for row in dates)
    first_of_each = {
        (row["opening_hours_id"], row["starts_at"]): row for row in plain if row["opening_hours_id"] in kept
    }
    _write("opening_occurrence", first_of_each.values())
    same = ("id", "organisation_id", "resource_id", "starts_at", "ends_at")
    away = (row for row in absences if not row["is_cancelled"])
    _write("time_off", ({**{n: row[n] for n in same}, "reason": reasons[row["time_off_id"]]} for row in away))
    with op.batch_alter_table("engagement") as engagement:
        engagement.drop_constraint(op.f("ck_engagement_override"), type_="check")
        engagement.drop_constraint(op.f("ck_engagement_length"), type_="check")
        engagement.drop_constraint(op.f("fk_engagement_override_by"), type_="foreignkey")
        engagement.drop_column("override_by")
    for name in ("hold_waiting_entry_id", "hold_type_id_starts_at", "appointment_type_id_starts_at"):
        op.drop_index(f"ix_{name}", name.split("_", 1)[0])
    op.drop_index("ix_workshop_series_id_rule_day", "workshop")
    with _without_what_hangs_on_them():
        with op.batch_alter_table("workshop") as workshop:
            workshop.drop_constraint(op.f("fk_workshop_series_id"), type_="foreignkey")
            for column in ("series_id", "rule_day", "is_exception"):
                workshop.drop_column(column)
        with op.batch_alter_table("hold") as hold:
            hold.drop_constraint(op.f("fk_hold_waiting_entry_id"), type_="foreignkey")
            for column in ("people", "waiting_entry_id"):
                hold.drop_column(column)
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in ("organisation", "venue"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN holiday_calendar")
    for table in ("waiting_entry", "workshop_series", "holiday_choice"):
        op.drop_table(table)


def _weekly(rule: dict[str, Any]) -> dict[str, Any]:
    opens, closes = rule["opens_minute"], rule["closes_minute"] % 1440
    return {
        **{name: rule[name] for name in ("id", "organisation_id", "resource_id", "venue_id", "first_day", "last_day")},
        "weekday": int(rule["weekdays"]),
        "every_weeks": rule["every"],
        "opens_at": time(opens // 60, opens % 60),
        "closes_at": time(closes // 60, closes % 60),
    }


def _make_weekly_hours() -> None:
    op.create_table(
        "opening_hours",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("every_weeks", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        *_tenanted("opening_hours"),
        _key("opening_hours", "resource_id", "resource"),
        _key("opening_hours", "venue_id", "venue"),
        sa.CheckConstraint("every_weeks > 0", name=op.f("ck_opening_hours_every_weeks")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
    )
    op.create_index("ix_opening_hours_resource_id", "opening_hours", ["resource_id"])
    op.create_table(
        "opening_hours_type",
        sa.Column("opening_hours_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_type_id", sa.BigInteger(), nullable=False),
        _key("opening_hours_type", "opening_hours_id", "opening_hours", ondelete="CASCADE"),
        _key("opening_hours_type", "appointment_type_id", "appointment_type"),
        sa.PrimaryKeyConstraint("opening_hours_id", "appointment_type_id", name=op.f("pk_opening_hours_type")),
    )
    op.create_table(
        "opening_occurrence",
        sa.Column("opening_hours_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        *_tenanted("opening_occurrence"),
        _key("opening_occurrence", "opening_hours_id", "opening_hours", ondelete="CASCADE"),
        _key("opening_occurrence", "resource_id", "resource"),
        _key("opening_occurrence", "venue_id", "venue"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_opening_occurrence_order")),
        sa.UniqueConstraint(
            "opening_hours_id", "starts_at", name=op.f("uq_opening_occurrence_opening_hours_id_starts_at")
        ),
    )
    op.create_index(
        "ix_opening_occurrence_organisation_id_ends_at", "opening_occurrence", ["organisation_id", "ends_at"]
    )
    op.create_table(
        "time_off",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        *_tenanted("time_off"),
        _key("time_off", "resource_id", "resource"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_off_order")),
    )
    op.create_index("ix_time_off_organisation_id_ends_at", "time_off", ["organisation_id", "ends_at"])


# SQLite can only make a table again and drop the old one to change it, and dropping deletes what hangs on it. So columns
# are added in place, with their checks, in words that both engines understand; where a foreign key is added, what would
# be deleted is put aside meanwhile, and so are the rows themselves: SQLite counts what refers to a row that is gone, and
# forgets it when the row is written again, but not when another table takes the name of the old one.


@contextmanager
def _without_what_hangs_on_them() -> Iterator[None]:
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    op.execute("PRAGMA defer_foreign_keys = ON")
    aside = {table: _read(table) for table in ("engagement", "seat", "hold", "workshop")}
    for table in aside:
        op.execute(f"DELETE FROM {table}")  # noqa: S608 - four names that stand here
    yield
    for table in reversed(aside):
        known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
        _write(table, ({name: row[name] for name in row if name in known} for row in aside[table]))


def _add(table: str, *columns: str) -> None:
    for column in columns:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _read(table: str) -> list[dict[str, Any]]:
    described = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    return [dict(row) for row in op.get_bind().execute(sa.select(described)).mappings()]


def _write(table: str, rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    described = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    for first in range(0, len(found), 1000):
        op.get_bind().execute(described.insert(), found[first : first + 1000])


def _tenanted(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        _key(table, "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _recurring(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("repeats", _choice("repeats", ("once", "weekly", "monthly")), nullable=False),
        sa.Column("every", sa.BigInteger(), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("written_until", sa.Date(), nullable=False),
        sa.CheckConstraint("every > 0", name=op.f(f"ck_{table}_every")),
    )


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _key(table: str, column: str, referred: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)
