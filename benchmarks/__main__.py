"""`make bench`: rows over HTTP, searches in data of several ages, and a crowd after which the books are read."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from benchmarks import engines, guessing, over_http, servers
from benchmarks.attempts import report as attempts
from benchmarks.attempts.running import Plan as Crowding
from benchmarks.client import Silence
from benchmarks.exchange import WrongAnswer
from benchmarks.measuring import NothingRight, Plan
from benchmarks.options import Numbers, Some
from benchmarks.over_http import CHOICE_CLIENTS, CHOICE_ROWS, CLIENTS
from benchmarks.report import keep, table
from benchmarks.rows import ROWS
from benchmarks.search import run as searching
from benchmarks.search.data_set import DataSet, TooSmall
from benchmarks.search.loading import load
from benchmarks.servers import NotStarted
from benchmarks.signatures import run as signing
from foundation.database import Database
from foundation.schema import migrate

QUICK_SIZES = (6_000, 60_000)
QUICK_ATTEMPTS = 10_000
QUICK_SIGNATURES = (1_000, 100_000)


class _Parts(click.Group):
    """The parts of the benchmark; options that follow no name are those of `http`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("--") and args[0] != "--help":
            args = ["http", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Parts, invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Measure Paraphe: all of it in some fifteen minutes, or one part of it as long as you like.

    Several names or numbers are separated by commas.
    """
    if context.invoked_subcommand is None:
        context.invoke(http)
        context.invoke(search, sizes=QUICK_SIZES)
        context.invoke(signatures, sizes=QUICK_SIGNATURES)
        context.invoke(attempt, number=QUICK_ATTEMPTS)


_on = click.option("--engine", "on", type=Some(*engines.EVERY), default=engines.EVERY, help="By default both.")


@main.command()
@click.option("--server", "chosen", type=Some(*servers.EVERY), help="By default production's on each engine.")
@_on
@click.option("--rows", type=Some(*ROWS), help="By default all.")
@click.option("--clients", type=Numbers(), help="How many at once; by default 1,8,32.")
@click.option("--seconds", type=click.FloatRange(min=0.05), default=1.5, show_default=True, help="Of one round.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Of each, in turn.")
@click.option("--choose", is_flag=True, help="Compare the servers by first-scan and week-search, at 8 and 32 clients.")
@click.option("--worker", is_flag=True, help="Let the outbox's worker run inside, as production does.")
def http(  # noqa: PLR0917 - the options of the command
    chosen: tuple[str, ...] | None,
    on: tuple[str, ...],
    rows: tuple[str, ...] | None,
    clients: tuple[int, ...] | None,
    seconds: float,
    rounds: int,
    *,
    choose: bool,
    worker: bool,
) -> None:
    """Rows over HTTP, each beside a bare control on the same server and engine."""
    wish = over_http.Wish(
        engines=on,
        servers=chosen or (servers.COMPARED if choose else (servers.PRODUCTION,)),
        rows=rows or (CHOICE_ROWS if choose else tuple(ROWS)),
        clients=clients or (CHOICE_CLIENTS if choose else CLIENTS),
        plan=Plan(seconds, rounds),
        worker=worker,
    )
    click.echo(
        f"{wish.lines()} lines, about {wish.plan.lasts(wish.lines()) / 60:.1f} minutes and the set-up.", err=True
    )
    lines = _said(over_http.run(wish))
    click.echo(f"\n{table(lines)}")
    wrong = [text for line in lines for text in line["wrong_kept"]]
    if wrong:
        click.echo("\n".join(["\nWrong answers, some of them:", *wrong[:10]]), err=True)
        sys.exit(1)


@main.command()
@_on
@click.option("--sizes", type=Numbers(), default=searching.SIZES, help="Appointments; by default 6000,60000,600000.")
@click.option("--rounds", type=click.IntRange(min=1), default=15, show_default=True, help="Of each, in turn.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the data set.")
def search(on: tuple[str, ...], sizes: tuple[int, ...], rounds: int, seed: int) -> None:
    """Searches in public data sets of several sizes, each beside reading the same rows with plain SQL."""
    wish = searching.Wish(on, sizes, rounds, DataSet(0, seed=seed))
    lines = _said(searching.run(wish))
    click.echo(f"\n{searching.table(lines)}")
    click.echo("\n".join(["", *searching.verdict(lines)]))


@main.command()
@_on
@click.option("--sizes", type=Numbers(), default=signing.SIZES, help="By default 1000,30000,1000000 signatures.")
@click.option("--rounds", type=click.IntRange(1, signing.MOST_ROUNDS), default=200, show_default=True, help="Of each.")
def signatures(on: tuple[str, ...], sizes: tuple[int, ...], rounds: int) -> None:
    """Sign-ins by badge where more and more have signed before, each beside a bare write."""
    lines = _said(signing.run(signing.Wish(on, sizes, rounds)))
    click.echo(f"\n{signing.table(lines)}")
    click.echo("\n".join(["", *signing.verdict(lines)]))


@main.command("guessing")
@_on
@click.option("--rounds", type=click.IntRange(min=1), default=1000, show_default=True, help="Of each kind of refusal.")
def guess(on: tuple[str, ...], rounds: int) -> None:
    """How long a code takes to be refused when it is wrong, used, run out, or never was."""
    lines = _said(guessing.run(on, rounds))
    click.echo(f"\n{guessing.table(lines)}")


@main.command("attempts")
@_on
@click.option("--number", type=click.IntRange(min=1), default=attempts.ATTEMPTS, show_default=True, help="Of attempts.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the dice.")
@click.option("--processes", type=click.IntRange(min=1), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=4, show_default=True, help="Of each process.")
def attempt(on: tuple[str, ...], number: int, seed: int, processes: int, threads: int) -> None:
    """Mixed attempts on purpose crowded, then an audit of the books, and a broken copy that the audit must find."""
    lines = _said(attempts.attempt(attempts.Wish(on, Crowding(number, seed, processes, threads))))
    click.echo(f"\n{attempts.table(lines)}\n\n{attempts.refusals(lines)}\n")
    wrong = [f"{line['engine']}: {text}" for line in lines for text in attempts.verdict(line)]
    if wrong:
        raise click.ClickException("\n".join(wrong))
    click.echo("\n".join(attempts.praise(line) for line in lines))


@main.command("data-set")
@click.argument("url")
@click.option("--appointments", type=click.IntRange(min=1), default=60_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def data_set(url: str, appointments: int, seed: int) -> None:
    """Write the public data set into an empty database of yours, at URL (sqlite:///… or postgresql+psycopg://…)."""
    migrate(url)
    database = Database(url)
    try:
        load(database, DataSet(appointments, seed=seed))
    except TooSmall as error:
        raise click.ClickException(str(error)) from error
    finally:
        database.dispose()


def _said(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Print each line as it is known, keep it, and return all."""
    said = []
    try:
        for line in lines:
            said.append(line)
            click.echo(keep(line, line["at"][:10]))
    except (NothingRight, NotStarted, Silence, WrongAnswer, TooSmall) as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from error
    return said


if __name__ == "__main__":
    main()
