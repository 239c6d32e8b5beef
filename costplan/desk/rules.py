"""The rules a routing mix has to keep: those the scenario states, and those that may be tried.

A rule is a setting below `optimize.WORKLOAD`, in the grammar of the file: switching one on or off
lays a value over the scenario, as `--set` would.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from costplan.decisions.optimize import mean_quality, rules_of
from costplan.decisions.varying import Form
from costplan.desk.whatif import Setting
from costplan.documents import join_path, split_path
from costplan.errors import UsageError
from costplan.quantity import parse_plain
from costplan.scenario import Scenario
from costplan.scenario.optimizing import Bounds, Wishes, parse_bounds, parse_share

LIMITS = "rate limits"
"""What the rule is called that nobody asks for more than a provider lets through."""
_KEYS = ("quality", "seconds", "models", "budget", "residency", "among")
_NOTHING, _ANY = "null", "0% to 100%"
"""What takes a rule away: a share has bounds all the same."""
_AS_NOW = "no worse than now"
_TYPED = "quality 90%, seconds 2.5, anthropic at most 60%, models 2, budget 5k, residency europe"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, kept or not."""

    says: str
    """In words, as the costs of rules are told."""
    path: str
    """Where it stands in the scenario."""
    text: str
    """What stands there while it is kept."""
    is_on: bool
    off: str | None = None
    """What stands there while it is not; None where nothing does."""
    note: str = ""
    """Why it is offered, in a few words."""
    costs: str = ""
    """How much less the mix would cost without it; empty where it costs nothing."""

    def switched(self, rules: Sequence[Setting]) -> tuple[Setting, ...]:
        """The settings with this rule on where it was off, or off where it was on."""
        changed = dict(rules)
        if not self.is_on:
            changed[self.path] = self.text
        elif self.off is None:
            changed.pop(self.path, None)
        else:
            changed[self.path] = self.off
        return tuple(changed.items())


def parse_rule(text: str, workload: str) -> Setting:
    """Read a rule as one would say it: `quality 90%`, `anthropic at most 60%`.

    Raises:
        UsageError: it is none; says what one looks like.
    """
    name, _, rest = re.sub(r"[:=]", " ", text, count=1).strip().partition(" ")
    value = rest.strip()
    key: tuple[str, ...] = ("shares", name)
    if name in _KEYS:
        key = (name,)
        value = re.sub(r"^at (least|most)\s+", "", value)
        if name == "among" and not value.startswith("["):
            value = f"[{value}]"
    path = join_path(("optimize", workload, *key))
    try:
        words = _said(path, value)
    except (ValueError, ArithmeticError) as error:
        close = difflib.get_close_matches(name, _KEYS, n=1)
        hint = f"did you mean {close[0]}? " if close and name not in _KEYS else ""
        raise UsageError(f"{text.strip()!r} is no rule: {hint}{error}; write {_TYPED}") from None
    if not words:
        raise UsageError(f"{text.strip()!r} rules nothing out; write {_TYPED}")
    return path, value


def rules_for(
    scenario: Scenario,
    workload: str,
    changed: Sequence[Setting] = (),
    typed: Sequence[Setting] = (),
    *,
    limited: bool = True,
) -> tuple[Rule, ...]:
    """Every rule that can be switched for a workload.

    Args:
        scenario: without the changes.
        workload: one with a mix.
        changed: what stands elsewhere than in the scenario.
        typed: rules of the user's own; like others they may be on or off.
        limited: whether rate limits count.
    """
    stated = dict(_stated(scenario.optimize.get(workload, Wishes()), workload))
    now = stated | dict(changed)
    as_now = _as_now(scenario, workload)
    offered = [*stated.items(), *typed, *_suggested(scenario, workload, stated)]
    if as_now and as_now[0] not in stated:
        offered.append(as_now)
    rules = [
        Rule(
            _said(path, text),
            path,
            text,
            now.get(path) == text,
            _off(path, stated),
            _AS_NOW if (path, text) == as_now else "",
        )
        for path, text in dict.fromkeys(offered)
    ]
    if scenario.limits:
        rules.append(Rule(LIMITS, LIMITS, "", limited))
    return tuple(rules)


def _off(path: str, stated: Mapping[str, str]) -> str | None:
    if path not in stated:
        return None
    return _ANY if ".shares." in path else _NOTHING


def _stated(wishes: Wishes, workload: str) -> Iterator[Setting]:
    """The rules of the scenario, each as it would be written."""
    percent = Form(unit="%")
    found: dict[tuple[str, ...], object] = {
        ("quality",): wishes.quality and percent.text(wishes.quality),
        ("seconds",): wishes.seconds and f"{wishes.seconds:f}",
        **{("shares", name): _bounds(bounds) for name, bounds in wishes.shares.items()},
        ("models",): wishes.models and f"{wishes.models}",
        ("budget",): wishes.budget and f"{wishes.budget:f}",
        ("residency",): wishes.residency,
    }
    for key, text in found.items():
        if text:
            yield join_path(("optimize", workload, *key)), str(text)


def _bounds(bounds: Bounds) -> str:
    low, high = (Form(unit="%").text(share) for share in (bounds.at_least, bounds.at_most))
    if not bounds.at_least:
        return f"at most {high}" if bounds.at_most < 1 else ""
    return f"at least {low}" if bounds.at_most == 1 else f"{low} to {high}"


def _as_now(scenario: Scenario, workload: str) -> Setting | None:
    """To do no worse than the mix there is; None where its quality is not known."""
    quality = mean_quality(scenario, scenario.workloads[workload])
    if quality is None:
        return None
    share = Decimal(quality).quantize(Decimal("0.001"), rounding=ROUND_FLOOR)
    return join_path(("optimize", workload, "quality")), Form(unit="%").text(share)


def _suggested(scenario: Scenario, workload: str, stated: Mapping[str, str]) -> Iterator[Setting]:
    """What a reader may want to try next."""
    at = ("optimize", workload)
    for place in scenario.residency:
        yield join_path((*at, "residency")), place
    wishes = scenario.optimize.get(workload, Wishes())
    among = wishes.among or models_of(scenario, workload)
    if len(among) > 2 and join_path((*at, "models")) not in stated:
        yield join_path((*at, "models")), "2"
    every = dict.fromkeys((*among, *models_of(scenario)))
    if set(every) - set(among):
        yield join_path((*at, "among")), f"[{', '.join(every)}]"


def models_of(scenario: Scenario, *names: str) -> list[str]:
    """The models that some workloads, or all of them where none is named, are routed to."""
    chosen = [scenario.workloads[name] for name in names] or scenario.workloads.values()
    mixes = (entry.mix for each in chosen if each.routing for entry in each.routing.mix)
    return list(dict.fromkeys(model for mix in mixes for model in mix))


def _said(path: str, text: str) -> str:
    """A rule in the words in which its cost is told.

    Raises:
        ValueError: it is no rule.
    """
    _, _, key, *name = split_path(path)
    if key == "residency":
        if not text:
            raise ValueError("a place is missing")
        return f"residency {text}"
    if key == "among":
        return f"choose among {len(text.split(','))} models"
    if key == "budget":
        return f"budget {parse_plain(text):,f}"
    if key == "shares":
        wishes = Wishes(shares={name[0]: parse_bounds(text)})
    elif key == "quality":
        wishes = Wishes(quality=parse_share(text))
    elif key == "seconds":
        wishes = Wishes(seconds=parse_plain(text))
    else:
        wishes = Wishes(models=int(parse_plain(text)))
    return " and ".join(name for name in rules_of(wishes).each() if name != LIMITS)
