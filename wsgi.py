"""Plugs everything together; nobody imports this but the server, the tests and the `paraphe` command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask

import attendance.api
import attendance.demonstration
import attendance.messages
import attendance.pages
import attendance.reactions
import booking.api
import booking.demonstration
import booking.messages
import booking.pages
import booking.reactions
import directory.api
import directory.commands
import directory.demonstration
import directory.pages
import directory.pages.demonstration
import directory.reactions
from config import Config, UnsafeConfig, from_environment
from foundation.clock import Clock, SystemClock
from foundation.database import Database
from foundation.demonstration import demonstration_environment
from foundation.events import Event
from foundation.outbox import Reaction
from foundation.schema import migrate
from foundation.serving import Server, start_worker
from foundation.stationery import Stationery
from foundation.web import demonstration
from foundation.web.api.document import mount
from foundation.web.chrome import dress, open_static_files
from foundation.web.limits import limit_requests
from foundation.web.services import Services
from foundation.wording import load_wording
from foundation.worker import Handlers, Worker

HOUSE = Path(__file__).parent
PACKAGES = ("foundation", "directory", "booking", "attendance")


def create_app(config: Config, clock: Clock | None = None) -> Flask:
    """Return the whole application, closed by default; `clock` lets a test or a replay set the time."""
    app = Flask("paraphe", static_folder=None)
    services = Services(
        database=Database(config.database_url, pooler=config.pooler),
        clock=clock or SystemClock(),
        keys=config.master_keys,
        wording=load_wording(HOUSE / package / "wording" for package in PACKAGES),
        base_url=config.base_url,
        demonstration=config.demonstration,
        outgoing_folder=config.outgoing_folder,
        trusted_proxies=config.trusted_proxies,
        operator_key=config.operator_key,
        scanner_patience=config.scanner_patience,
    )
    limit_requests(app, a_minute=config.requests_a_minute)
    dress(app, services, {package: HOUSE / package / "templates" for package in PACKAGES})
    for blueprint in (directory.pages.blueprint, booking.pages.blueprint, attendance.pages.blueprint):
        app.register_blueprint(blueprint)
    mount(app, (*directory.api.OPERATIONS, *booking.api.OPERATIONS, *attendance.api.OPERATIONS))
    if config.demonstration:
        app.register_blueprint(demonstration.blueprint)
        app.register_blueprint(directory.pages.demonstration.blueprint)
    open_static_files(app)
    app.extensions["paraphe-worker"] = make_worker(config, services)
    return app


def make_worker(config: Config, services: Services) -> Worker:
    """Return a worker that knows every reaction and every message."""
    stationery = Stationery(services.keys, services.wording, services.base_url)
    handlers = Handlers(
        reactions=together(directory.reactions, booking.reactions, attendance.reactions),
        composers={**booking.messages.composers(stationery), **attendance.messages.composers(stationery)},
    )
    return Worker(services.database, services.clock, handlers, config.mail(), config.sms())


def together(*tables: Any) -> dict[type[Event], tuple[Reaction, ...]]:
    """Merge the packages' tables; an event that several know has the reactions of all, the lower package first."""
    merged: dict[type[Event], tuple[Reaction, ...]] = {}
    for table in tables:
        for event, reactions in table.REACTIONS.items():
            merged[event] = merged.get(event, ()) + reactions
    return merged


def application() -> Flask:
    """Return the application for any WSGI server: `wsgi:application()`."""
    config = from_environment()
    app = create_app(config)
    if config.embedded_worker:
        start_worker(app.extensions["paraphe-worker"])
    return app


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Paraphe: online booking and secure attendance."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--demo", "is_demo", is_flag=True, help="Serve the demonstration made by `paraphe demo`.")
def run(host: str, port: int, *, is_demo: bool) -> None:
    """Serve the pages (and send the messages, unless PARAPHE_EMBEDDED_WORKER=0)."""
    if is_demo:
        if host != "127.0.0.1":
            raise click.BadParameter("the demonstration shows passwords: on 127.0.0.1 only", param_hint="--host")
        demonstration_environment().enter(port)
    config = _config()
    migrate(config.database_url)
    click.echo(f"Paraphe: {config.base_url}  (Ctrl+C to stop)")
    processes, threads = config.serving
    Server(application, host=host, port=port, processes=processes, threads=threads).run()


@cli.command()
def worker() -> None:
    """Send messages and run reactions, in a process of its own; any number of them may run."""
    config = _config()
    thread, _ = start_worker(create_app(config).extensions["paraphe-worker"])
    click.echo("The worker runs (Ctrl+C to stop).")
    thread.join()


@cli.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION (by default the newest)."""
    migrate(_config().database_url, revision)
    click.echo("The schema is up to date.")


def _config() -> Config:
    try:
        return from_environment()
    except (UnsafeConfig, ValueError) as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@click.option("--again", is_flag=True, help="Throw the demonstration's database away and make it again.")
def demo(*, again: bool) -> None:
    """Make a demonstration: a believable organisation, its people, and a month of appointments."""
    environment = demonstration_environment()
    if again:
        environment.forget()
    if environment.exists():
        click.echo("The demonstration is there (make demo makes it again).")
    else:
        environment.make()
        environment.enter(8000)
        config = _config()
        migrate(config.database_url)
        play(create_app(config))
        environment.mark_complete()
    click.echo("Open http://127.0.0.1:8000/demo for the way in, the log-ins and the mailbox. The same, in short:")
    for name, email in (directory.demonstration.MANAGER, *directory.demonstration.AGENTS):
        secret = directory.demonstration.totp_secret(email)
        click.echo(f"  {name:<16} {email:<32} TOTP secret {secret}")
    click.echo(f"  password of all: {directory.demonstration.PASSWORD}")


def play(app: Flask) -> None:
    """Fill the demonstration, each package its part."""
    services: Services = app.extensions["paraphe"]
    office = directory.demonstration.furnish(services)
    diary = booking.demonstration.furnish(services, office)
    attendance.demonstration.furnish(services, office, came=diary.came, people=diary.people)


@cli.group()
def organisation() -> None:
    """The organisations of this installation."""


def _inside(command: click.Command) -> click.Command:
    """Have a package's command run inside the application, on a schema that is up to date."""
    work = command.callback

    def run_inside(**options: object) -> None:
        config = _config()
        migrate(config.database_url)
        with create_app(config).app_context():
            work(**options)  # type: ignore[misc]

    command.callback = run_inside
    return command


organisation.add_command(_inside(directory.commands.found))
organisation.add_command(_inside(directory.commands.rotate_key))
organisation.add_command(_inside(directory.commands.create_key))
organisation.add_command(_inside(directory.commands.keys))


if __name__ == "__main__":
    cli()
