"""A training is typed in; without JavaScript, «add a half-day» sends the form, which comes back with one line more."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from attendance.domain.trainings import MOST_HALF_DAYS, Training
from attendance.pages import training_input
from attendance.pages.blueprint import blueprint
from attendance.use_cases.type_training import type_training
from directory.domain.permissions import Permission
from directory.models import Agent, Venue
from directory.pages.gates import staff
from directory.queries import organisations, venues
from foundation import ids
from foundation.refusals import Invalid
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.forms import HouseForm
from foundation.web.language import say
from foundation.web.services import current_actor, now, perform, reading

_EMPTY = dict.fromkeys(training_input.PARTS, "")


class TrainingForm(HouseForm):
    """What is planned, where, for whom and by whom; the half-days are lines of their own."""

    wording = "training"

    title = StringField()
    agreement_title = StringField()
    venue_id = SelectField(coerce=str, validate_choice=False)
    video_room = StringField()
    seats = StringField()
    people = TextAreaField()
    agent_id = SelectField(coerce=str, validate_choice=False)
    leaders = TextAreaField()
    needs_drawing = BooleanField()
    invites = BooleanField()


@blueprint.get("/equipe/formations/nouvelle", endpoint="new_training")
@open_to(staff(Permission.MANAGE_MEETINGS))
def ask_for_training() -> str:
    """Ask what is planned."""
    form, _, _ = _form()
    return _page(form, [_EMPTY, _EMPTY], [])


@blueprint.post("/equipe/formations/nouvelle", endpoint="plan_training")
@open_to(staff(Permission.MANAGE_MEETINGS))
def plan() -> Response | str | tuple[str, int]:
    """Plan it, or give the form back with one line more."""
    form, places, agents = _form()
    lines = training_input.typed_half_days(request.form)
    if "add_line" in request.form:
        return _page(form, [*lines, _EMPTY][:MOST_HALF_DAYS], [])
    try:
        training = _training(form, lines, places, agents)
        people = training_input.people(form.people.data or "")
        meeting_id = perform(type_training, now=now(), training=training, people=people)
    except Invalid as refusal:
        return _page(form, lines or [_EMPTY], blame(form, refusal)), 422
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id), 303)


def _form() -> tuple[TrainingForm, dict[str, Venue], dict[str, Agent]]:
    with reading() as db:
        places = {ids.to_text(one.id): one for one in venues.every(db)}
        agents = {ids.to_text(one.id): one for one in venues.agents(db)}
    form = TrainingForm(request.form)
    form.venue_id.choices = [("", say("training.no_venue")), *((number, one.name) for number, one in places.items())]
    form.agent_id.choices = agent_choices(agents)
    return form, places, agents


def agent_choices(agents: Mapping[str, Agent]) -> list[tuple[str, str]]:
    """Return the agents who may lead, by what a form sends, nobody first."""
    return [("", say("training.no_agent")), *((number, one.name) for number, one in agents.items())]


def _training(
    form: TrainingForm, lines: list[dict[str, str]], places: Mapping[str, Venue], agents: Mapping[str, Agent]
) -> Training:
    venue = places.get(form.text("venue_id"))
    room = form.text("video_room") or None
    seats = training_input.seats(form.text("seats"))
    with reading() as db:
        zone = venue.time_zone if venue else organisations.by_id(db, current_actor().organisation_id).time_zone
    return Training(
        title=form.text("title"),
        half_days=training_input.spans(lines, zone),
        beneficiary_ids=(),
        leaders=training_input.agent_leader(form.text("agent_id"), agents)
        + training_input.leaders(form.leaders.data or ""),
        venue_id=venue.id if venue else None,
        video_room=room,
        agreement_title=form.text("agreement_title"),
        needs_drawing=bool(form.needs_drawing.data),
        invites=bool(form.invites.data) or None,
        seats=seats,
    )


def blame(form: HouseForm, refusal: Invalid) -> list[str]:
    """Put each sentence beside its field; return those of the half-days, which are lines and no field."""
    about_lines = []
    for name, key in refusal.fields.items():
        field = name.split(".")[0]
        if field in form._fields:
            form.blame(field, key)
        else:
            about_lines.append(say(key))
    form.form_errors = about_lines if about_lines or form.errors else [sentence_of(refusal)]
    return about_lines


def _page(form: TrainingForm, lines: list[dict[str, str]], wrong: list[str]) -> str:
    return render_template("attendance/training_form.html", form=form, lines=lines, wrong=wrong)
