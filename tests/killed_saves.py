"""Saves a file again and again, ended each time at another step; prints what was left.

Run as `killed_saves.py FOLDER steps` (a process of its own for the moments before and after every
call to the system, or to a file of Python's) or `killed_saves.py FOLDER forever`.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from costplan.versions import Versions
from costplan.writing import read_stamped, save

PURE = {"fspath", "_path_normpath", "getpid", "fileno"}
"""Calls that leave everything as it is."""
OLD, NEW = b"old\n" * 50_000, b"new\n" * 60_000


def save_once(target: Path, data: bytes, versions: Versions) -> None:
    save(target, data, read_stamped(target)[1], keep=lambda content: versions.keep(target, content))


def steps(folder: Path) -> None:
    """One line for each step: its number, the signal that ended the process, and what was left."""
    target, versions = folder / "plan.yaml", Versions(folder / "state")
    step, status = 0, -1
    while status != 0:
        step += 1
        shutil.rmtree(folder / "state", ignore_errors=True)  # every process takes the same steps
        for draft in folder.glob(".*.part"):
            draft.unlink()
        target.write_bytes(OLD)
        child = os.fork()
        if not child:
            end_at(step)
            save_once(target, NEW, versions)
            sys.setprofile(None)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        left = {OLD: "old", NEW: "new"}.get(target.read_bytes(), "broken")
        kept = all(version in {OLD, NEW} for version in versions.of(target))
        print(step, os.WTERMSIG(status), left, "kept" if kept else "torn")  # noqa: T201


def end_at(step: int) -> None:
    """Have this process end without warning before or after a call that may be a system call."""
    calls = 0

    def count(_frame: FrameType, event: str, called: object) -> None:
        nonlocal calls
        owner = getattr(called, "__self__", None)
        home = getattr(called, "__module__", None) or type(owner).__module__
        is_call = event.startswith("c_") and home in {"posix", "io", "_io"}
        calls += is_call and getattr(called, "__name__", "") not in PURE
        if calls == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


def forever(folder: Path) -> None:
    """Save one content after the other until somebody ends it."""
    target = folder / "plan.yaml"
    print("ready", flush=True)  # noqa: T201
    while True:
        for data in (NEW, OLD):
            save_once(target, data, Versions(folder / "state"))


if __name__ == "__main__":
    {"steps": steps, "forever": forever}[sys.argv[2]](Path(sys.argv[1]))
