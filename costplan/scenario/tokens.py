"""How a scenario says a size in tokens: a number, a spread, a text, a log, or a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Protocol

from costplan.quantity import Quantity
from costplan.scenario.kinds import MODEL, PLAIN, SHARE, SIZED_TOKENS, TOKENS
from costplan.schema import ByShape, KeyPath, Kind, Made, MapOf, Record, Text, key

LIFETIMES = ("5m", "30m", "1h", "12h")
CACHE = Text(choices=(*LIFETIMES, "automatic"))
SHAPE = Text(choices=("lognormal", "gamma"))
VARIABLE = r"[^\W\d][\w.-]*"
"""The name of a variable of a template: letters of any script, digits, and `_`, `.`, `-` inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A number of tokens: stated, spread between requests, or counted from real text."""

    SOURCES: ClassVar[tuple[str, ...]] = ("tokens", "mean", "text", "file", "sample")
    """The keys that say where the number comes from; one of them is given."""

    tokens: Quantity | None = key(TOKENS, "Tokens, as counted on the model.", default=None)
    mean: Quantity | None = key(
        TOKENS, "The mean over requests, where they differ; give p90 or cv too.", default=None
    )
    p90: Decimal | None = key(PLAIN, "What 90% of requests stay under.", default=None)
    cv: Decimal | None = key(
        PLAIN, "Instead of p90, the standard deviation as a ratio to the mean.", default=None
    )
    shape: str | None = key(
        SHAPE,
        "How requests are spread around the mean: lognormal unless stated.",
        default=None,
    )
    max: Decimal | None = key(
        PLAIN, "What no request is over, such as a limit that your logs show.", default=None
    )
    text: str | None = key(Text(), "The text itself; counted for each model.", default=None)
    file: str | None = key(
        Text(), "A text file, relative to the scenario; counted for each model.", default=None
    )
    sample: str | None = key(
        Text(),
        "A JSONL file, or a pattern such as logs/*.jsonl, with one request a line: a text, "
        "a number of tokens, or an object with text or tokens.",
        default=None,
        examples=["logs/*.jsonl"],
    )
    field: str | None = key(
        Text(),
        "The field of a sample's objects that is meant; dots reach into objects.",
        default=None,
        examples=["prompt", "request.prompt"],
    )
    counted_with: str | None = key(
        MODEL,
        "The model whose tokenizer gave the number, or a sample's numbers; others are converted.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One source, and only what belongs to it."""
        given = [name for name in self.SOURCES if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            yield (), f"expected one of {', '.join(self.SOURCES)}; found {found}"
            return
        yield from check_spread(self)
        if self.field is not None and self.sample is None:
            yield ("field",), "field goes with sample: it is a field of the sample's objects"
        if self.counted_with and given[0] not in {"tokens", "mean", "sample"}:
            yield ("counted_with",), f"{given[0]} is counted on each model; remove counted_with"

    @property
    def records(self) -> tuple[str, str]:
        """Where `Scenario.samples` has the records of its sample: its name and its field."""
        return self.sample or "", self.field or ""

    def each(self) -> Iterator[tuple[KeyPath, Tokens]]:
        """Itself, or the variables it is made of, with their path below it."""
        yield (), self


class Spreading(Protocol):
    """What may say how single requests differ from a mean."""

    @property
    def mean(self) -> Quantity | None:
        """The mean over requests."""

    @property
    def p90(self) -> Decimal | None:
        """What 90 % stay under."""

    @property
    def cv(self) -> Decimal | None:
        """The standard deviation as a ratio to the mean."""

    @property
    def shape(self) -> str | None:
        """`lognormal` or `gamma`."""

    @property
    def max(self) -> Decimal | None:
        """What none is over."""


def check_spread(tokens: Spreading) -> Iterator[tuple[KeyPath, str]]:
    """What is said of a spread between requests belongs together, and is possible."""
    mean, p90, cap = tokens.mean, tokens.p90, tokens.max
    if mean is None:
        if p90 is not None:
            yield (), "mean and p90 go together"
        for name in ("cv", "shape", "max"):
            if getattr(tokens, name) is not None:
                yield (name,), f"{name} goes with mean: it says how requests differ from it"
        return
    if p90 is None and tokens.cv is None:
        yield (), "mean and p90 go together"
    elif p90 is not None and tokens.cv is not None:
        yield ("cv",), "p90 and cv say the same thing; keep one of them"
    elif p90 is not None:
        yield from _check_p90(tokens, mean, p90)
    if cap is not None and cap <= mean.high:
        yield ("max",), f"the max {cap} is not above the mean {mean}"


def _check_p90(tokens: Spreading, mean: Quantity, p90: Decimal) -> Iterator[tuple[KeyPath, str]]:
    middle = (mean.low * mean.high).sqrt()  # the median, for a range: near enough to its mean
    if p90 < middle:
        yield ("p90",), f"the p90 {p90} is below the mean {mean}"
    elif tokens.max is not None and p90 >= tokens.max:
        yield ("p90",), f"the p90 {p90} is not below the max {tokens.max}"
    elif tokens.max is None and tokens.shape != "gamma" and p90 > Decimal("2.27") * middle > 0:
        # exp(z sigma - sigma^2 / 2) at z = 1.2816 has its largest value, 2.273, at sigma = z.
        message = (
            f"no lognormal has a p90 over 2.27 times its mean ({mean} and {p90}); "
            "give {sample: FILE} with real requests instead, or shape: gamma"
        )
        yield ("p90",), message


def sized(cls: type[Tokens]) -> Kind:
    """A quantity, or a mapping that says where the number comes from."""
    return ByShape(scalar=Made(SIZED_TOKENS, lambda q: cls(tokens=q)), mapping=Record(cls))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Tokens):
    """What is sent: a number of tokens, a text, a log, or a template with variables."""

    SOURCES: ClassVar[tuple[str, ...]] = (*Tokens.SOURCES, "template")

    template: str | None = key(
        Text(means="a file, or a text in quotes, that holds variables such as {{name}}"),
        "A file with variables such as {{name}}, or the text itself where it holds {{; "
        "counted for each model. A literal {{ is written \\{{.",
        default=None,
        examples=["prompts/ticket.md"],
    )
    variables: Mapping[str, Tokens] = key(
        MapOf(
            sized(Tokens),
            Text(pattern=VARIABLE, means="a name of letters and digits, as in {{name}}"),
        ),
        "What stands for each variable of the template.",
        name="with",
        default={},
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """As for tokens; variables only in a template."""
        yield from Tokens.check(self)
        if self.variables and self.template is None:
            yield ("with",), "with goes with template: it says what stands for its variables"

    @property
    def template_file(self) -> str | None:
        """The file of its template; None where the template stands in the scenario itself."""
        return None if self.template is None or "{{" in self.template else self.template

    def each(self) -> Iterator[tuple[KeyPath, Tokens]]:
        """Itself, or the variables of its template."""
        if self.template is None:
            yield (), self
        yield from ((("with", name), variable) for name, variable in self.variables.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Sent):
    """Text sent with every turn: a system prompt or tool schemas."""

    cache: str | None = key(
        CACHE, "Keep it in the provider's prompt cache for this long.", default=None
    )
    hits: Quantity | None = key(
        SHARE,
        "Share of calls that find it cached; without it, worked out from demand.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """As for what is sent, and no spread; hits only with a cache."""
        yield from Sent.check(self)
        for at, tokens in self.each():
            if tokens.mean is not None or tokens.sample is not None:
                yield (
                    at,
                    "what is sent with every turn has one size: tokens, text, file or template",
                )
        if self.hits is not None and self.cache is None:
            yield ("hits",), "hits needs cache: 5m, 30m, 1h, 12h or automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools(Prompt):
    """The tools a model may call, sent with every turn."""

    SOURCES: ClassVar[tuple[str, ...]] = (*Prompt.SOURCES, "declared")

    declared: str | None = key(
        Text(),
        "A JSON file of declarations, as OpenAI or Anthropic take them; counted for each model "
        "with what it wraps around them.",
        default=None,
        examples=["tools.json"],
    )
