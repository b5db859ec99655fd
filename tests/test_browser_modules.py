"""The scanner's pure modules have tests of their own, in their own language; here they are run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_the_scanners_modules_pass_their_own_tests() -> None:
    node = shutil.which("node") or shutil.which(str(HERE.parent / ".venv" / "bin" / "node"))
    if node is None:
        pytest.skip("No node here. Debian: apt install nodejs")
    files = sorted(str(path) for path in (HERE / "browser_modules").glob("*.test.js"))
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert files
