"""Scenario files as people write them: generated with everything YAML allows in odd places.

The writer notes where it put each value, so that a test can say which bytes an edit may touch
without asking the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

type Path = tuple[str, ...]

NAMES = ("support-chat", "mail-triage", "v2.search")
MODELS = ("openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "google/gemini-3.8-flash")
COMMENTS = (
    "plain",
    "tab\there",
    "'quoted",
    "key: value",
    "{flow, [style",
    "🌍 é",
    "#",
    "*x &y",
    "- a",
)


@dataclass
class Made:
    """A text, what it says, and where each value stands."""

    text: str
    data: dict[str, Any]
    spans: dict[Path, tuple[int, int]]
    """Of every value written in the text itself, without its anchor."""
    followers: dict[Path, list[tuple[int, int]]]
    """By the path of an anchored value, where others refer to it."""


def made(seed: int) -> Made:
    """The scenario file of that number."""
    return _Writer(Random(seed)).write()  # noqa: S311 - cases, not secrets


def _data(r: Random) -> dict[str, Any]:
    workloads = {}
    for name in r.sample(NAMES, r.randint(1, 3)):
        models = r.sample(MODELS, r.randint(1, 3))
        shares = {1: ["100%"], 2: ["85%", "15%"], 3: ["50%", "30%", "20%"]}[len(models)]
        work: dict[str, Any] = {
            "owner": "customer-care",
            "demand": {
                "requests": r.choice(("12k/day", "3k/day", "8k to 15k/day")),
                "growth": "4%/month",
            },
            "request": {
                "input": r.choice(("600", "350 to 900")),
                "output": r.choice(("220", "60")),
            },
            "routing": {"mix": dict(zip(models, shares, strict=True))},
            "failures": {"retry": "2%"},
        }
        if r.random() < 0.5:
            work["request"]["cache"] = None
        if r.random() < 0.5:
            work["request"]["system"] = {
                "text": r.choice(("Be kind.\nBe brief.\n", "one line", "a\n\n  b\nc"))
            }
        if r.random() < 0.3:
            work["request"]["images"] = [
                {"size": "1024x768", "count": "0.3"},
                {"size": "512x512", "count": "1"},
            ]
        workloads[name] = work
    data: dict[str, Any] = {
        "name": r.choice(("Support assistant", "Über: alles", "客户 🌍", "100% sure")),
        "description": r.choice(
            ("Ops: 🌍", "it's", "# 1", "客服, übersetzt\nauf zwei Zeilen", "a # b", "[x]")
        ),
        "start": "2026-12",
        "months": "12",
        "assumptions": {"growth": "4% to 7%", "people": "60"},
        "workloads": workloads,
        "budget": {"monthly": r.choice(("2500", "9k"))},
    }
    if r.random() < 0.6:
        data["variants"] = {
            "longer": {"months": "18"},
            "später": {"start": "2027-01", "budget.monthly": "3k"},
        }
    items = list(data.items())
    if r.random() < 0.3:
        r.shuffle(items)
    return dict(items)


class _Writer:
    def __init__(self, r: Random) -> None:
        self.r = r
        self.out: list[str] = []
        self.size = 0
        self.spans: dict[Path, tuple[int, int]] = {}
        self.anchors: dict[str, tuple[str, Path]] = {}
        self.followers: dict[Path, list[tuple[int, int]]] = {}
        self.merged: tuple[str, Path, dict[str, Any]] | None = None
        self.newline = r.choice(("\n", "\n", "\r\n"))
        self.step = r.choice((1, 2, 2, 4))
        self.count = 0
        self.literal_end = 0

    def write(self) -> Made:
        data = _data(self.r)
        if self.r.random() < 0.2:
            self.put("\ufeff")
        if self.r.random() < 0.2:
            self.put("---" + self.newline)
        self.noise(0)
        self.block(data, (), 0)
        text = "".join(self.out)
        if self.r.random() < 0.3 and self.size != self.literal_end:
            text = text.rstrip("\r\n")
        elif self.r.random() < 0.3:
            text += self.newline + "# the end" + self.newline * 2
        return Made(text, data, self.spans, self.followers)

    def put(self, text: str) -> tuple[int, int]:
        self.out.append(text)
        self.size += len(text)
        return self.size - len(text), self.size

    def noise(self, column: int) -> None:
        """Lines that say nothing; below a text of several lines they would belong to it."""
        while self.r.random() < 0.25 and self.size != self.literal_end:
            pad = " " * self.r.choice((0, column, column + 3))
            comment = f"{pad}# {self.r.choice(COMMENTS)}" if self.r.random() < 0.7 else pad
            self.put(comment + self.newline)

    def line_end(self) -> None:
        roll = self.r.random()
        gap = self.r.choice((" ", "   ", "\t", " \t "))
        self.put(f"{gap}# {self.r.choice(COMMENTS)}" if roll < 0.3 else " " if roll < 0.4 else "")
        self.put(self.newline)

    def block(self, data: dict[str, Any], path: Path, column: int) -> None:
        first = True
        for key, value in data.items():
            if not first:
                self.noise(column)
            first = False
            self.put(" " * column)
            self.entry(key, value, (*path, key), column)

    def entry(self, key: str, value: Any, path: Path, column: int) -> None:
        self.put(self.key(key) + ":")
        gap = self.r.choice((" ", " ", "  ", "    "))
        inside = self.r.random() < 0.45 and "\n" not in repr_of(value)
        if isinstance(value, dict) and not (inside and path != ("workloads",)):
            anchor = self.anchor_of(value, path)
            start = self.put(f" {anchor}" if anchor else "")[1]
            self.line_end()
            self.noise(column)
            self.block(value, path, column + self.step)
            self.spans[path] = (start, self.size)
        elif isinstance(value, list) and not inside:
            self.line_end()
            pad = column + self.r.choice((0, self.step))
            for k, item in enumerate(value):
                self.put(" " * pad + "- ")
                for j, (name, each) in enumerate(item.items()):
                    self.put(" " * (pad + 2) if j else "")
                    self.entry(name, each, (*path, str(k), name), pad + 2)
        elif isinstance(value, str) and "\n" in value and self.r.random() < 0.8:
            self.literal(value, path, column, gap)
        else:
            self.inline(value, path, gap, in_flow=False)
            self.line_end()

    def literal(self, value: str, path: Path, column: int, gap: str) -> None:
        sign = "-" if not value.endswith("\n") else ""
        start = self.put(f"{gap}|{sign}")[0] + len(gap)
        self.put(self.r.choice(("", " # header")) + self.newline)
        pad = " " * (column + self.r.choice((1, self.step + 1)))
        for line in value.removesuffix("\n").split("\n"):
            end = self.put(pad + line if line else "")[1]
            self.put(self.newline)
        self.spans[path] = (start, end)
        self.literal_end = self.size

    def inline(self, value: Any, path: Path, gap: str, *, in_flow: bool) -> None:
        if isinstance(value, dict):
            anchor = self.anchor_of(value, path)
            self.put(gap + (f"{anchor} " if anchor else ""))
            start = self.put("{" + self.r.choice(("", " ")))[0]
            source = self.merge_for(value, path)
            if source:
                self.put(f"<<: *{source[0]}, ")
            merged = list(source[2].items()) if source else []
            shown = {k: v for k, v in value.items() if (k, v) not in merged}
            for k, (key, each) in enumerate(shown.items()):
                self.put(", " if k else "")
                self.put(self.key(key, in_flow=True) + ":")
                self.inline(each, (*path, key), " ", in_flow=True)
            end = self.put(self.r.choice(("", " ")) + "}")[1]
            self.spans[path] = (start, end)
            if source:
                self.followers.setdefault(source[1], []).append((start, end))
        elif isinstance(value, list):
            self.put(gap + "[")
            for k, item in enumerate(value):
                self.inline(item, (*path, str(k)), ", " if k else "", in_flow=True)
            self.put("]")
        else:
            self.scalar(value, path, gap, in_flow=in_flow)

    def scalar(self, value: str | None, path: Path, gap: str, *, in_flow: bool) -> None:
        if value is None:
            word = self.r.choice(("null", "~", ""))
            if not word:
                self.spans[path] = self.put(" " if in_flow else "")
            else:
                self.spans[path] = (start := self.put(gap + word)[0] + len(gap), self.size)
                assert start
            return
        if value in self.anchors and self.r.random() < 0.6:
            name, source = self.anchors[value]
            start, end = self.put(f"{gap}*{name}")
            self.put(" " if in_flow else "")
            self.spans[path] = (start + len(gap), end)
            self.followers.setdefault(source, []).append((start + len(gap), end))
            return
        self.put(gap)
        if self.r.random() < 0.15:
            self.count += 1
            self.anchors[value] = (f"a{self.count}", path)
            self.followers[path] = []
            self.put(f"&a{self.count} ")
        self.spans[path] = self.put(self.quoted(value))

    def anchor_of(self, value: dict[str, Any], path: Path) -> str:
        if path[-1] == "request" and self.merged is None and self.r.random() < 0.5:
            self.count += 1
            self.merged = (f"m{self.count}", path, value)
            self.followers.setdefault(path, [])
            return f"&m{self.count}"
        return ""

    def merge_for(
        self, value: dict[str, Any], path: Path
    ) -> tuple[str, Path, dict[str, Any]] | None:
        source = self.merged
        if path[-1] != "request" or source is None or source[1] == path:
            return None
        return source if source[2].keys() <= value.keys() else None

    def key(self, key: str, *, in_flow: bool = False) -> str:
        roll = self.r.random()
        return f'"{key}"' if roll < 0.15 else f"'{key}'" if roll < 0.3 else key

    def quoted(self, value: str) -> str:
        special = any(sign in value for sign in "\n:#'[,")
        roll = self.r.random()
        if "\n" in value or roll < 0.15 or (special and roll < 0.6):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        return "'" + value.replace("'", "''") + "'" if special or roll < 0.3 else value


def repr_of(value: Any) -> str:
    """Every text in a value."""
    if isinstance(value, dict):
        return " ".join(map(repr_of, value.values()))
    return " ".join(map(repr_of, value)) if isinstance(value, list) else str(value)
