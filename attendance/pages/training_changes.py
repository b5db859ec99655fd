"""A training that is planned is changed on one page; whoever is known already is found and enrolled on another."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from attendance.domain.refusals import SheetIsClosed
from attendance.domain.trainings import MOST_HALF_DAYS, MeetingIsBooked
from attendance.models import Facilitator, Meeting, MeetingKind, SheetState
from attendance.pages import training_input
from attendance.pages.blueprint import blueprint
from attendance.pages.trainings import agent_choices, blame
from attendance.queries import half_days, meetings
from attendance.steps.training_changes import TakenOut
from attendance.use_cases.change_training import TrainingChanges, change_training
from attendance.use_cases.find_known import find_known
from directory.domain.permissions import Permission
from directory.models import Agent, Beneficiary
from directory.pages.gates import staff
from directory.queries import venues
from foundation import ids
from foundation.refusals import Conflict, Invalid, NotFound
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.forms import HouseForm
from foundation.web.services import now, perform, reading

_EMPTY = dict.fromkeys((*training_input.PARTS, *training_input.OF_ROW), "")


class ChangeForm(HouseForm):
    """What is to be different; the half-days are lines of their own, and who is there has a box each."""

    wording = "training"

    title = StringField()
    agreement_title = StringField()
    seats = StringField()
    needs_drawing = BooleanField()
    invites = BooleanField()
    agent_id = SelectField(coerce=str, validate_choice=False)
    leaders = TextAreaField()
    people = TextAreaField()


class FindForm(HouseForm):
    """Whom to look for."""

    wording = "training"

    query = StringField()


@dataclass(frozen=True)
class Shown:
    """A training as its page shows it."""

    meeting: Meeting
    lines: list[dict[str, str]]
    leaders: list[Facilitator]
    people: list[tuple[str, str]]
    agents: dict[str, Agent]


@blueprint.get("/equipe/formations/<id:meeting_id>", endpoint="training")
@open_to(staff(Permission.MANAGE_MEETINGS))
def show_training(meeting_id: int) -> str:
    """Show what is planned, to be changed."""
    shown = _shown(meeting_id)
    form = _form(shown, MultiDict())
    form.process(obj=shown.meeting)
    form.agent_id.data = form.leaders.data = form.people.data = ""
    return _page(shown, form, shown.lines, [])


@blueprint.post("/equipe/formations/<id:meeting_id>", endpoint="change_training")
@open_to(staff(Permission.MANAGE_MEETINGS))
def change(meeting_id: int) -> Response | str | tuple[str, int]:
    """Change it, or give the form back as it was typed: with one line more, or with what is wrong."""
    shown = _shown(meeting_id)
    form = _form(shown, request.form)
    lines = training_input.changed_half_days(request.form)
    if "add_line" in request.form:
        return _page(shown, form, [*lines, _EMPTY][: 2 * MOST_HALF_DAYS], [])
    try:
        perform(change_training, now=now(), meeting_id=meeting_id, changes=_changes(form, lines, shown))
    except Invalid as refusal:
        return _page(shown, form, lines, blame(form, refusal)), 422
    except (Conflict, NotFound) as refusal:
        form.form_errors = [sentence_of(refusal)]
        return _page(shown, form, lines, []), refusal.status
    return redirect(url_for("attendance.training", meeting_id=meeting_id, fait=1), 303)


@blueprint.get("/equipe/formations/<id:meeting_id>/inscrire", endpoint="training_people")
@open_to(staff(Permission.MANAGE_MEETINGS))
def ask_whom_to_enrol(meeting_id: int) -> str:
    """Ask whom to look for."""
    return _people_page(meeting_id, FindForm(), None)


@blueprint.post("/equipe/formations/<id:meeting_id>/inscrire", endpoint="enrol_known")
@open_to(staff(Permission.MANAGE_MEETINGS))
def enrol(meeting_id: int) -> Response | str | tuple[str, int]:
    """Look for somebody known, or enrol whoever was found."""
    form = FindForm(request.form)
    try:
        if "beneficiary" not in request.form:
            found = perform(find_known, now=now(), meeting_id=meeting_id, query=form.text("query"))
            return _people_page(meeting_id, form, found)
        chosen = TrainingChanges(beneficiary_ids=[training_input.identified(request.form["beneficiary"])])
        perform(change_training, now=now(), meeting_id=meeting_id, changes=chosen)
    except Invalid as refusal:
        blame(form, refusal)
        return _people_page(meeting_id, form, None), 422
    return redirect(url_for("attendance.training_people", meeting_id=meeting_id, fait=1), 303)


def _changes(form: ChangeForm, lines: list[dict[str, str]], shown: Shown) -> TrainingChanges:
    zone = shown.meeting.time_zone
    identified = training_input.identified
    return TrainingChanges(
        values={
            "title": form.text("title"),
            "agreement_title": form.text("agreement_title"),
            "seats": training_input.seats(form.text("seats")),
            "needs_drawing": bool(form.needs_drawing.data),
            "invites": bool(form.invites.data) or shown.meeting.video_room is not None,
        },
        half_days=training_input.span_changes(lines, zone),
        new_half_days=training_input.spans([line for line in lines if not line["id"]], zone),
        new_leaders=training_input.agent_leader(form.text("agent_id"), shown.agents)
        + training_input.leaders(form.leaders.data or ""),
        people=training_input.people(form.people.data or ""),
        out=TakenOut(
            [identified(line["id"]) for line in lines if line["id"] and line["out"]],
            [identified(one) for one in request.form.getlist("out_leader")],
            [identified(one) for one in request.form.getlist("out_person")],
        ),
    )


def _shown(meeting_id: int) -> Shown:
    """Return a training whose sheet is open; raise MeetingNotFound, MeetingIsBooked or SheetIsClosed."""
    with reading() as db:
        meeting = _open_training(db, meeting_id)
        lines = [training_input.shown_half_day(one, meeting.time_zone) for one in half_days.of_meeting(db, meeting_id)]
        people = [(ids.to_text(one.id), who.full_name) for one, who in meetings.attendees(db, meeting_id)]
        agents = {ids.to_text(one.id): one for one in venues.agents(db)}
        return Shown(meeting, lines, meetings.facilitators(db, meeting_id), people, agents)


def _open_training(db: Session, meeting_id: int) -> Meeting:
    meeting = meetings.by_id(db, meeting_id)
    if meeting.kind is not MeetingKind.TRAINING:
        raise MeetingIsBooked
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    return meeting


def _form(shown: Shown, sent: MultiDict[str, str]) -> ChangeForm:
    form = ChangeForm(sent)
    form.agent_id.choices = agent_choices(shown.agents)
    return form


def _page(shown: Shown, form: ChangeForm, lines: list[dict[str, str]], wrong: list[str]) -> str:
    return render_template(
        "attendance/training_change.html",
        shown=shown,
        form=form,
        lines=lines,
        wrong=wrong,
        out=set(request.form.getlist("out_leader")) | set(request.form.getlist("out_person")),
        is_done="fait" in request.args,
    )


def _people_page(meeting_id: int, form: FindForm, found: list[Beneficiary] | None) -> str:
    with reading() as db:
        meeting = _open_training(db, meeting_id)
    return render_template(
        "attendance/training_people.html", meeting=meeting, form=form, found=found, is_done="fait" in request.args
    )
