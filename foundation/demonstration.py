"""Where a demonstration lives: `var/demo/`, with its own keys and its own way out, so that nothing really leaves."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from foundation.keys import new_master_key

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class DemonstrationEnvironment:
    """The folder and what is in it; `complete` is written last, so that half a demonstration is made again."""

    folder: Path

    def exists(self) -> bool:
        """Say whether the demonstration was made to its end."""
        return (self.folder / "complete").exists()

    def forget(self) -> None:
        """Throw it all away: database, keys, letters."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self) -> None:
        """Make the folder and its keys, readable by nobody else."""
        self.forget()
        self.folder.mkdir(parents=True, mode=0o700)
        keys = self.folder / "master-keys"
        keys.touch(mode=0o600)
        keys.write_text(new_master_key() + "\n", encoding="ascii")

    def enter(self, port: int) -> None:
        """Set the environment of this process to the demonstration's, leaving what was set on purpose."""
        settings = {
            "DATABASE_URL": f"sqlite:///{self.folder.resolve()}/paraphe.sqlite3",
            "PARAPHE_MASTER_KEYS_FILE": str(self.folder / "master-keys"),
            "PARAPHE_BASE_URL": f"http://{ADDRESS}:{port}",
            "PARAPHE_DEMO": "1",
            "MAIL_URL": f"folder:{self.folder}/outgoing",
            "MAIL_SENDER": "ne-pas-repondre@paraphe.example",
            "SMS_URL": f"folder:{self.folder}/outgoing",
        }
        for name, value in settings.items():
            os.environ.setdefault(name, value)

    def mark_complete(self) -> None:
        """Say that all of it was made."""
        (self.folder / "complete").touch()


def demonstration_environment() -> DemonstrationEnvironment:
    """Return the demonstration of this checkout (or of `PARAPHE_DEMO_FOLDER`)."""
    return DemonstrationEnvironment(Path(os.environ.get("PARAPHE_DEMO_FOLDER", "var/demo")))
