"""A large import keeps its rows apart while it reads; killed then, it leaves a folder that only its owner may enter and
that ``doctor`` names, and no record. The next import works and clears it away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from tests.scenarios.desk import Desk
from tests.tiny import TICKETS, write

_KILLED = """
import os, signal, sys
from kaohe.cli.main import run
from kaohe.records import batches, importing
importing.begin_batch = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from kaohe.records import private_folder
private_folder.PrivateFolder.remove = lambda _self: None  # where files that are open cannot be removed
run(sys.argv[1:], {})
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process")
def test_a_large_import_that_is_killed_leaves_no_record_and_nothing_that_stays(tiny: Desk) -> None:
    times = "2026-01-10 09:00,2026-01-10 10:00,5"
    rows = "".join(f"N{number:06d},repair,P1,{times}\n" for number in range(21_000))
    path = write(tiny, "large.csv", f"{TICKETS.splitlines()[0]}\n{rows}")
    words = ["--workspace", str(tiny.workspace), "records", "import", "ticket", str(path)]
    before = tiny.stored("ticket")
    done = subprocess.run([sys.executable, "-c", _KILLED, *words], capture_output=True, check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = tiny.workspace.glob(".kaohe.db-import-*")
    assert left.stat().st_mode & 0o077 == 0
    assert tiny.stored("ticket") == before
    assert _leftovers(tiny) == "note"
    tiny.do("records", "import", "ticket", path)
    assert len(tiny.stored("ticket")) == len(before) + 21_000
    assert not list(tiny.workspace.glob(".kaohe.db-import-*"))
    assert _leftovers(tiny) == "well"
    tiny.do("audit", "verify")


def _leftovers(desk: Desk) -> str:
    found = json.loads(desk.try_("doctor", "--format", "json").out)
    return {each["check"]: each["state"] for each in found}["leftovers"]
