"""The personal link shows the half-days that are open: the room's word signs one, from afar a one-time code does."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from attendance.domain import windows
from attendance.domain.refusals import HalfDayNotFound
from attendance.domain.room_codes import RoomVerdict, Way
from attendance.domain.windows import Timing
from attendance.models import SignatureKind
from attendance.pages import phones
from attendance.pages.blueprint import blueprint
from attendance.queries import links
from attendance.queries.links import SigningPage
from attendance.queries.sheet_view import HalfDayView
from attendance.steps.room_codes import Shown
from attendance.use_cases.ask_code import ask_code
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from attendance.use_cases.sign_in_room import sign_in_room
from directory.pages.gates import holder_of
from foundation import ids, times
from foundation.actors import ActorKind
from foundation.web.access import followed_link, open_to
from foundation.web.forms import HouseForm
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, perform, reading, services

_KINDS = {"arrivee": SignatureKind.ARRIVAL, "depart": SignatureKind.DEPARTURE}
_WORDS = {kind: word for word, kind in _KINDS.items()}
_HOLDER = holder_of("sign", ActorKind.BENEFICIARY)


class CodeForm(HouseForm):
    """Six digits."""

    wording = "signing"

    code = StringField()


class WordForm(HouseForm):
    """The room's word and its two digits."""

    wording = "room"

    word = StringField()


@blueprint.get("/signer/<token>", endpoint="sign")
@open_to(_HOLDER)
def show_half_days(token: str) -> str:
    """Show the half-days of the meeting, and what can be signed now."""
    return _half_days_page(token)


@blueprint.post("/signer/<token>/<id:half_day_id>/<any(arrivee, depart):kind>/mot", endpoint="sign_by_word")
@open_to(_HOLDER)
def sign_by_word(token: str, half_day_id: int, kind: str) -> Response | tuple[str, int]:
    """Sign if the room's word is right; whatever is wrong with it, say the same sentence."""
    form = WordForm(request.form)
    verdict = perform(
        sign_in_room,
        now=now(),
        half_day_id=half_day_id,
        kind=_KINDS[kind],
        shown=Shown(Way.WORD, form.text("word")),
        keys=services().keys,
    )
    if verdict in {RoomVerdict.SIGNED, RoomVerdict.ALREADY_SIGNED}:
        return redirect(url_for("attendance.sign", token=token, fait=1), 303)
    form.blame("word", "room.not_open" if verdict is RoomVerdict.NOT_OPEN else "room.refused")
    return _half_days_page(token, half_day_id, form), 422


@blueprint.post("/signer/<token>/telephone", endpoint="remember_phone")
@open_to(_HOLDER)
def remember_phone(token: str) -> Response:
    """Have this phone be known where the room's code leads, because its holder wishes it."""
    response = redirect(url_for("attendance.sign", token=token, fait="telephone"), 303)
    phones.remember(response, _page().meeting.id, followed_link())
    return response


@blueprint.post("/signer/<token>/<id:half_day_id>/<any(arrivee, depart):kind>/code", endpoint="ask_code")
@open_to(_HOLDER)
def ask(token: str, half_day_id: int, kind: str) -> Response:
    """Have a code sent, then show where to type it."""
    link = followed_link()
    channel = perform(
        ask_code,
        now=now(),
        half_day_id=half_day_id,
        kind=_KINDS[kind],
        link_channel=link.channel,
        keys=services().keys,
    )
    where = url_for("attendance.type_code", token=token, half_day_id=half_day_id, kind=kind, par=channel)
    return redirect(where, 303)


@blueprint.get("/signer/<token>/<id:half_day_id>/<any(arrivee, depart):kind>", endpoint="type_code")
@open_to(_HOLDER)
def show_code_form(token: str, half_day_id: int, kind: str) -> str:
    """Show where to type the code."""
    return _code_page(CodeForm(), token, half_day_id, kind)


@blueprint.post("/signer/<token>/<id:half_day_id>/<any(arrivee, depart):kind>", endpoint="confirm_code")
@open_to(_HOLDER)
def confirm(token: str, half_day_id: int, kind: str) -> Response | tuple[str, int]:
    """Sign if the code is right; in every other case say the same sentence."""
    form = CodeForm(request.form)
    verdict = perform(
        confirm_code,
        now=now(),
        half_day_id=half_day_id,
        kind=_KINDS[kind],
        typed=form.text("code"),
        link_channel=followed_link().channel,
        keys=services().keys,
    )
    if verdict is CodeVerdict.SIGNED:
        return redirect(url_for("attendance.sign", token=token, fait=1), 303)
    form.blame("code", "signing.refused" if verdict is CodeVerdict.REFUSED else "signing.not_open")
    return _code_page(form, token, half_day_id, kind), 422


def _page() -> SigningPage:
    with reading() as db:
        return links.signing_page(db, current_actor().identifier or 0)


def _half_days_page(token: str, half_day_id: int | None = None, sent: WordForm | None = None) -> str:
    page = _page()
    lines = [_line(page, one, sent if one.id == half_day_id else None) for one in page.half_days]
    done = {"1": "signing.done", "telephone": "room.remembered"}.get(request.args.get("fait", ""))
    return render_template("attendance/sign.html", link=token, page=page, lines=lines, done=done, sent=sent)


def _code_page(form: CodeForm, token: str, half_day_id: int, kind: str) -> str:
    page = _page()
    half_day = next((one for one in page.half_days if one.id == half_day_id), None)
    if half_day is None:
        raise HalfDayNotFound
    way = request.args.get("par")
    return render_template(
        "attendance/code.html",
        form=form,
        link=token,
        kind=kind,
        page=page,
        half_day=half_day,
        hours=_hours(page, half_day),
        sent=say(f"signing.sent_{way}") if way in {"sms", "mail"} else None,
    )


def _line(page: SigningPage, half_day: HalfDayView, sent: WordForm | None) -> dict[str, Any]:
    zone = page.meeting.time_zone
    form = sent or WordForm()
    form.word.id = f"word-{ids.to_text(half_day.id)}"
    timing, to_sign = page.timing(half_day, now()), page.to_sign(half_day, now())
    moment = times.say_moment(windows.opens_at(half_day.starts_at), zone, say, locale())
    return {
        "half_day": half_day,
        "form": form,
        "hours": _hours(page, half_day),
        "signed": [say(f"signing.signed_{one.kind}", at=_hour(one.observed_at, zone)) for one in page.signed(half_day)],
        "asks": [(_WORDS[to_sign], to_sign)] if to_sign is not None else [],
        "opens": say("signing.opens", at=moment) if timing is Timing.EARLY else None,
        "is_late": timing is Timing.LATE and not page.is_cancelled,
    }


def _hours(page: SigningPage, half_day: HalfDayView) -> str:
    zone = page.meeting.time_zone
    return say("attendance.hours", begin=_hour(half_day.starts_at, zone), end=_hour(half_day.ends_at, zone))


def _hour(instant: Any, zone: str) -> str:
    return times.say_hour(times.local(instant, zone), locale())
