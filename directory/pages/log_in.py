"""Logging in and out, and seeing where one is logged in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, StringField

from directory.domain.passwords import is_password
from directory.pages.blueprint import blueprint
from directory.pages.gates import cookie_name, half_logged_in, staff
from directory.queries import sessions
from directory.use_cases.log_in import LogInVerdict, check_second_factor, count_attempt, open_half
from directory.use_cases.log_out import log_out
from foundation.database import EVERY_ORGANISATION
from foundation.web.access import everyone, open_to
from foundation.web.forms import HouseForm
from foundation.web.pages import is_local_path
from foundation.web.services import current_actor, now, perform, reading, services


class PasswordForm(HouseForm):
    """The first factor."""

    wording = "directory.log-in"

    email = EmailField()
    password = PasswordField()


class CodeForm(HouseForm):
    """The second factor."""

    wording = "directory.second-factor"

    code = StringField()


@blueprint.get("/equipe/connexion", endpoint="log_in")
@open_to(everyone)
def ask_password() -> str:
    """Show the log-in page."""
    return _password_page(PasswordForm())


@blueprint.post("/equipe/connexion", endpoint="log_in_post")
@open_to(everyone)
def log_in() -> Response | tuple[str, int]:
    """Check the password, and go on to the code."""
    form = PasswordForm(request.form)
    verdict = _password_verdict(form.email.data or "", form.password.data or "")
    if not verdict.accepted:
        form.blame("password", _why(verdict, "directory.log-in.wrong"))
        return _password_page(form), 429 if verdict.too_many else 422
    return _with_cookie(redirect(url_for("directory.second_factor", next=_following()), 303), verdict)


@blueprint.get("/equipe/connexion/code", endpoint="second_factor")
@open_to(half_logged_in)
def ask_code() -> str:
    """Show the page of the second factor."""
    return _code_page(CodeForm())


@blueprint.post("/equipe/connexion/code", endpoint="second_factor_post")
@open_to(half_logged_in)
def second_factor() -> Response | tuple[str, int]:
    """Check the code, and go where the agent wanted to go."""
    form = CodeForm(request.form)
    verdict = perform(check_second_factor, now=now(), code=form.code.data or "", keys=services().keys)
    if not verdict.accepted:
        form.blame("code", _why(verdict, "directory.second-factor.wrong"))
        return _code_page(form), 429 if verdict.too_many else 422
    return _with_cookie(redirect(_following() or url_for("booking.day"), 303), verdict)


@blueprint.post("/equipe/deconnexion", endpoint="log_out")
@open_to(staff())
def log_out_here() -> Response:
    """End this log-in, and have the browser forget what it kept."""
    actor = current_actor()
    perform(log_out, now=now(), session_id=actor.through or 0)
    response = redirect(url_for("directory.log_in"), 303)
    response.delete_cookie(cookie_name())
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/equipe/connexions", endpoint="sessions")
@open_to(staff())
def my_sessions() -> str:
    """List where this agent is logged in."""
    actor = current_actor()
    with reading() as db:
        rows = sessions.of_agent(db, actor.identifier or 0, now=now())
    return render_template("directory/sessions.html", sessions=rows, here=actor.through)


@blueprint.post("/equipe/connexions/<id:session_id>")
@open_to(staff())
def end_session(session_id: int) -> Response:
    """End another log-in of this agent."""
    perform(log_out, now=now(), session_id=session_id)
    return redirect(url_for("directory.sessions"), 303)


def _password_verdict(email: str, password: str) -> LogInVerdict:
    database, keys = services().database, services().keys
    attempt = database.in_transaction(EVERY_ORGANISATION, count_attempt, now=now(), email=email, keys=keys)
    if attempt.too_many:
        return LogInVerdict(accepted=False, too_many=True)
    if not is_password(attempt.stored, password) or attempt.agent_id is None:
        return LogInVerdict(accepted=False)
    browser = request.user_agent.string
    return database.in_transaction(
        attempt.organisation_id, open_half, now=now(), attempt=attempt, browser=browser, keys=keys
    )


def _why(verdict: LogInVerdict, wrong: str) -> str:
    return "directory.log-in.too-many" if verdict.too_many else wrong


def _following() -> str | None:
    following = request.args.get("next", "")
    return following if is_local_path(following) else None


def _password_page(form: PasswordForm) -> str:
    return render_template("directory/log_in.html", form=form, following=_following())


def _code_page(form: CodeForm) -> str:
    return render_template("directory/second_factor.html", form=form, following=_following())


def _with_cookie(response: Response, verdict: LogInVerdict) -> Response:
    secure = services().base_url.startswith("https://")
    response.set_cookie(cookie_name(), verdict.token or "", httponly=True, secure=secure, samesite="Lax", path="/")
    return response
