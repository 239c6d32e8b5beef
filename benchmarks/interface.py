"""How fast the interface is: from a key press to the repainted screen, all of it included.

    python benchmarks/interface.py [PRESSES]

The application runs in a pseudo-terminal of 120 x 40 characters, as in a real terminal: keys are
bytes that go in, and a press is over when the last byte of the repainted screen has come out, so
decoding keys, the evaluation, layout, painting and encoding are all in the figure. (Textual's own
test driver leaves out the bytes on both sides.) An application of its own is measured that has a
key for each kind of lever and, after the paint of every answer, sends its number as the title of
the terminal: so it is certain that what is on screen is the new answer. Then: start to the first
plan, with the command itself; the processor while nobody does anything; and a key that is held
down. Linux and macOS.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

SCENARIO = "six-workloads.yaml"
WIDTH, HEIGHT = 120, 40
ANSWER = rb"\x1b\]0;answer to press (\d+) with (\d+) at a time\x07"
QUIET = 0.08
"""Seconds without a byte after an answer: the screen is finished."""
IDLE, HELD, RATE = 30, 10, 30
"""Seconds of idleness; seconds a key is held, and how often it repeats in each."""

LEVERS = {
    "assumption, a range": ("assumptions.conversations", "{:.2f}k to 15k", 8, 0.01),
    "growth, of two workloads": ("assumptions.growth", "{:.3f}% to 6%", 3, 0.005),
    "share of a model": (
        "workloads.support-chat.routing.mix",
        "{{openai/gpt-6-luna: {:.2f}%, anthropic/claude-haiku-5-5: rest}}",
        85,
        -0.05,
    ),
    "share found in the cache": (
        "workloads.coding-agent.request.cache.read",
        "{:.2f}% to 97%",
        94,
        -0.01,
    ),
    "batch": ("workloads.contract-review.batch", "{:.2f}%", 50, 0.1),
    "escalation": ("workloads.support-chat.failures.escalate", "{:.3f}% to 15%", 8, 0.01),
    "output tokens": ("workloads.photo-captions.request.output", "{:.0f}", 160, 1),
    "seats of developers": ("assumptions.developers", "{:.1f} to 50", 35, 0.1),
    "budget": ("budget.monthly", "{:.0f}", 4200, 5),
}
"""Path, how a value is written, the first value, and how far a press moves it."""
KEYS = "ABCEFGIKM"


class Terminal:
    """A process in a pseudo-terminal, and what it has written."""

    def __init__(self, command: list[str]) -> None:
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
            os.execv(command[0], command)  # noqa: S606 - this very interpreter
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.written = b""

    def read(self, seconds: float) -> bool:
        """Take what comes within so long; whether anything came."""
        ready, _, _ = select.select([self.end], [], [], seconds)
        if ready:
            self.written += os.read(self.end, 65_536)
        return bool(ready)

    def until(self, pattern: bytes, seconds: float = 20) -> re.Match[bytes]:
        """Read on until it stands in what was written."""
        limit = time.perf_counter() + seconds
        while not (found := re.search(pattern, self.written)):
            if time.perf_counter() > limit or not self.read(seconds):
                raise TimeoutError(f"no {pattern!r} within {seconds} s: {self.written[-400:]!r}")
        return found

    def settled(self) -> float:
        """Read on until nothing comes any more; when the last byte came."""
        last = time.perf_counter()
        while self.read(QUIET):
            last = time.perf_counter()
        return last

    def press(self, key: str) -> None:
        """As if somebody had pressed it; what was written before is forgotten."""
        self.written = b""
        os.write(self.end, key.encode())

    def processor(self) -> float:
        """Seconds of processor time so far: Linux only."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def terminal(command: list[str]) -> Iterator[Terminal]:
    """The command, ended afterwards."""
    opened = Terminal([sys.executable, *command])
    try:
        yield opened
    finally:
        os.kill(opened.pid, 9)
        os.waitpid(opened.pid, 0)
        os.close(opened.end)


def row(name: str, taken: float, limit: float, unit: str, more: str = "") -> None:
    """One line of the result."""
    over = "" if taken <= limit else "  OVER"
    print(f"{name:44}{taken:8.2f}{limit:8g} {unit:4}{taken / limit:6.2f}{over}{more}", flush=True)


def levers(opened: Terminal, presses: int) -> None:
    """Each kind of lever, pressed again and again."""
    every: list[float] = []
    for key, name in zip(KEYS, LEVERS, strict=True):
        taken, used = [], opened.processor()
        for _ in range(presses):
            start = time.perf_counter()
            opened.press(key)
            opened.until(ANSWER)
            taken.append((opened.settled() - start) * 1e3)
        used = (opened.processor() - used) / presses * 1e3
        taken = sorted(taken[3:])
        every += taken
        row(f"{name}, median", median(taken), 40, "ms", f"  {used:.0f} ms of processor")
        row(f"{name}, 95th percentile", taken[int(len(taken) * 0.95)], 80, "ms")
    every.sort()
    row("all levers, median", median(every), 40, "ms")
    row("all levers, 95th percentile", every[int(len(every) * 0.95)], 80, "ms")


def idle(opened: Terminal) -> None:
    """What it uses while nobody does anything."""
    before = opened.processor()
    opened.written = b""
    limit = time.perf_counter() + IDLE
    while (left := limit - time.perf_counter()) > 0:
        opened.read(left)
    used = (opened.processor() - before) / IDLE * 100
    row(f"idle for {IDLE} s, of one processor", used, 0.5, "%", f"  {len(opened.written)} bytes")


def held(opened: Terminal) -> None:
    """A key that repeats for a while: what is asked in between is dropped, the last is answered."""
    presses = IDLE * 0 + HELD * RATE
    opened.press(KEYS[1])
    begun = int(opened.until(ANSWER)[1])
    opened.settled()
    for _ in range(presses):
        os.write(opened.end, KEYS[1].encode())
        limit = time.perf_counter() + 1 / RATE
        while (left := limit - time.perf_counter()) > 0:
            opened.read(left)
    last = time.perf_counter()
    opened.until(rb"\x1b\]0;answer to press %d " % (begun + presses))
    ended = time.perf_counter()
    opened.settled()
    answers = re.findall(ANSWER, opened.written)
    row(f"held for {HELD} s: last press to last answer", (ended - last) * 1e3, 80, "ms")
    most = max(int(flying) for _, flying in answers)
    row("held: evaluations at one time", most, 1, "")
    print(f"{'':44}{len(answers)} answers to {presses} presses")


def starting(runs: int = 7) -> None:
    """From the command to the total on the screen."""
    plan = [sys.executable, "-m", "costplan", "plan", SCENARIO]
    shown = subprocess.run(plan, capture_output=True, text=True, check=True).stdout
    total = next(line for line in shown.splitlines() if line.lstrip().startswith("Total"))
    expected = total.split()[1].encode()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        with terminal(["-m", "costplan", "open", SCENARIO]) as opened:
            opened.until(re.escape(expected))
            taken.append((time.perf_counter() - start) * 1e3)
    row("start to first plan, warm, median", median(taken[1:]), 1000, "ms")
    row("start to first plan, warm, least", min(taken[1:]), 1000, "ms")


def main(presses: int) -> None:
    """Measure and print."""
    print(f"{'':44}{'':>8}{'limit':>8}      ratio")
    starting()
    with terminal([__file__, "--application"]) as opened:
        opened.until(rb"\x1b\]0;answer")
        opened.settled()
        levers(opened, presses)
        held(opened)
        idle(opened)


def application() -> None:
    """The interface with a key for each lever, telling when an answer has been painted."""
    from textual.binding import Binding

    import costplan.tui
    from costplan.cli.sources import count_store, memory
    from costplan.desk import Desk, WhatIf
    from costplan.engine.projection import Projection
    from costplan.tui.app import CostplanApp
    from costplan.tui.messages import WhatIfMade

    @dataclass(slots=True)
    class Counting(Desk):
        flying: int = 0
        most: int = 0
        evaluated: int = 0
        presses: dict[WhatIf, int] = field(default_factory=dict)

        def project(self, what_if: WhatIf) -> Projection:
            self.flying += 1
            self.most = max(self.most, self.flying)
            self.evaluated = self.presses.get(what_if, self.evaluated)
            try:
                return Desk.project(self, what_if)
            finally:
                self.flying -= 1

    class Measured(CostplanApp):
        BINDINGS = [  # noqa: RUF012 - Textual's own annotation
            Binding(f"shift+{key.lower()},{key}", f"nudge({k})", show=False, priority=True)
            for k, key in enumerate(KEYS)
        ]
        CSS_PATH = [Path(costplan.tui.__file__).parent / file for file in CostplanApp.CSS_PATH]  # noqa: RUF012
        pressed = dict.fromkeys(range(len(KEYS)), 0)
        presses = 0

        def action_nudge(self, lever: int) -> None:
            path, written, start, step = list(LEVERS.values())[lever]
            self.pressed[lever] += 1
            text = written.format(start + step * self.pressed[lever])
            bench = self.workbench
            what_if = bench.what_if.cleared().setting(path, text)
            self.presses += 1
            desk.presses = {**desk.presses, what_if: self.presses}
            bench.post_message(WhatIfMade(what_if))

        def on_mount(self) -> None:
            self.watch(self.workbench, "figures", self.tell, init=False)

        def tell(self) -> None:
            self.call_after_refresh(self.title_told, desk.evaluated)

        def title_told(self, press: int) -> None:
            told = f"answer to press {press} with {desk.most} at a time"
            self._driver.write(f"\x1b]0;{told}\x07")  # type: ignore[union-attr]

    desk = Counting(SCENARIO, counts=count_store(), memory=memory())
    Measured(desk).run()


if __name__ == "__main__":
    if sys.argv[1:] == ["--application"]:
        application()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
