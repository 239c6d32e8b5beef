"""From what a scenario says about tokens to the engine's terms, per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from posixpath import normpath
from typing import Literal

import numpy as np

from costplan.documents import join_path
from costplan.engine.distributions import Distribution, Floats, from_range
from costplan.engine.model import Size, Spread, Term, means
from costplan.engine.remembered import Remembered
from costplan.planning.declared import declared_tokens
from costplan.planning.findings import Findings
from costplan.planning.spreads import spread_of
from costplan.planning.together import observed, times, together
from costplan.quantity import Quantity
from costplan.scenario.placeholders import placeholders
from costplan.scenario.schema import Image, Request, Scenario, Sent, Tokens
from costplan.schema import KeyPath
from costplan.tokens import CountStore, TokenCount, density, image_tokens, total

type Kind = Literal["positive", "share", "growth"]
"""What a quantity is used as, which decides the distribution of a range."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A range, and what it is used as."""

    quantity: Quantity
    kind: Kind
    of: float
    """For a share, the part of the whole it is a share of."""

    @property
    def distribution(self) -> Distribution:
        """What it says."""
        return from_range(float(self.quantity.low), float(self.quantity.high), self.kind)


@dataclass(slots=True)
class Variables:
    """The ranges of a scenario, each once: what we do not know about the plan."""

    known: dict[str, Distribution] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)
    """The range of each, as it was written."""
    parts: dict[str, float] = field(default_factory=dict)
    """For a share within what others leave: how much that is."""
    stated: dict[str, Stated] = field(default_factory=dict)
    """Those that `term` was asked for, as they were first stated."""

    def term(
        self,
        quantity: Quantity,
        path: KeyPath,
        kind: Kind,
        *,
        of: float = 1.0,
    ) -> Term:
        """The quantity as a term: a constant, or a variable of its own or of its assumption.

        Args:
            quantity: the number or range.
            path: where it stands; the name of a range that no assumption names.
            kind: what it is used as, which decides the distribution of a range.
            of: for a share, the part of the whole it is a share of.
        """
        if not quantity.is_range:
            return Term(float(quantity.low))
        name = f"${quantity.name}" if quantity.name else join_path(path)
        if kind == "share":
            # An assumption used as a share and as a count has two distributions.
            name += " %" if of == 1 else f" % of {of:g}"
        if name not in self.stated:
            self.state(name, Stated(quantity, kind, of))
        return Term(0.0, 1.0, name)

    def state(self, name: str, stated: Stated) -> None:
        """Take a range in; whoever states a name first decides what it means."""
        self.stated[name] = stated
        if name not in self.known:
            self.known[name] = stated.distribution
            self.quantities[name] = stated.quantity
            self.parts[name] = stated.of

    def meaning(self, name: str, stated: Stated) -> Distribution:
        """What a range means once it is stated."""
        return self.known.get(name, stated.distribution)

    def apart(self) -> Variables:
        """The same ranges, for one who wants to know which of them are stated from now on."""
        return replace(self, stated={})


@dataclass(slots=True)
class Sizes:
    """Counts what a scenario says about tokens, for one model after another."""

    scenario: Scenario
    counts: CountStore
    variables: Variables
    findings: Findings
    remembered: Remembered = field(default_factory=Remembered)

    def size(self, tokens: Tokens | None, model: str, path: KeyPath) -> Size:
        """The size on that model's own tokenizer.

        A number stays the same on every model unless `counted_with` says whose tokens they are.
        """
        return Size() if tokens is None else self._size(tokens, model, path)

    def tools(self, request: Request, model: str, path: KeyPath) -> Size:
        """The size of a request's tools; declared ones with what the model wraps around them.

        Raises:
            UsageError: no API would take what is declared.
        """
        if request.tools is None or request.tools.declared is None:
            return self.size(request.tools, model, path)
        text = self.scenario.texts[request.tools.declared]
        system = request.system is not None
        counted = self.counts.remembered(
            text,
            model,
            f"declared tools, system {system}",
            lambda: declared_tokens(text, model, system=system),
        )
        self._note_estimate(counted, model, path)
        return Size((Term(float(counted.tokens)),))

    def _size(self, tokens: Tokens, model: str, path: KeyPath) -> Size:
        if isinstance(tokens, Sent) and tokens.template is not None:
            return self._filled(tokens, model, path)
        if tokens.text is not None or tokens.file is not None:
            text = self._text(tokens.text, tokens.file)
            return Size((Term(self._count([text], model, path)[0]),))
        if tokens.sample is not None:
            return observed(self._sampled(tokens, model, path))
        quantity = tokens.tokens or tokens.mean
        if quantity is None:
            return Size()
        scale = self._converted(tokens.counted_with, model, path)
        term = self.variables.term(quantity, path, "positive") * scale
        spread = self._spread(tokens, path)
        return Size((), (term,), spread) if spread else Size((term,))

    def _filled(self, tokens: Sent, model: str, path: KeyPath) -> Size:
        """A template: its own text, and each variable as often as it stands there.

        Variables that are fields of one sample are those of one request, line by line.
        """
        template = placeholders(self._text(tokens.template, tokens.template_file))
        texts = {
            name: self._text(variable.text, variable.file)
            for name, variable in tokens.variables.items()
            if variable.text is not None or variable.file is not None
        }
        own, *each = self._count([template.own, *texts.values()], model, path)
        fixed = own + sum(n * template.times[name] for name, n in zip(texts, each, strict=True))
        parts = [Size((Term(fixed),))]
        logs: dict[str, Floats] = {}
        for name, variable in tokens.variables.items():
            at, often = (*path, "with", name), template.times[name]
            if variable.sample is not None:
                values = often * np.array(self._sampled(variable, model, at))
                log = normpath(variable.sample)  # ./tickets.jsonl is tickets.jsonl
                logs[log] = logs.get(log, 0.0) + values
            elif name not in texts:
                parts.append(times(self._size(variable, model, at), often))
        parts += (observed(values.tolist()) for values in logs.values())
        return together(parts, means(self.variables.known))

    def _text(self, text: str | None, file: str | None) -> str:
        return self.scenario.texts[file] if file is not None else text or ""

    def _spread(self, tokens: Tokens, path: KeyPath) -> Spread | None:
        if tokens.mean is None or not tokens.mean.high:
            return None
        try:
            shape = spread_of(tokens)
        except ValueError as error:
            self.findings.problem(path, f"{error}; give {{sample: FILE}} with real requests")
            return None
        return Spread(shape) if shape else None

    def _sampled(self, tokens: Tokens, model: str, path: KeyPath) -> list[float]:
        """Each record of a sample on that model: texts counted, numbers converted."""
        records = self.scenario.samples[tokens.records]
        texts = [record for record in records if isinstance(record, str)]
        counted = iter(self._count(texts, model, path))
        numbers = len(texts) < len(records)
        scale = self._converted(tokens.counted_with, model, path) if numbers else 1.0
        return [next(counted) if isinstance(r, str) else r * scale for r in records]

    def _count(self, texts: Sequence[str], model: str, path: KeyPath) -> list[float]:
        """Tokens of each text; one warning for all where they are estimates."""
        counts = self.remembered.get(
            "counts", self.counts, (model, *texts), partial(self.counts.count_many, texts, model)
        )
        self._note_estimate(total(counts), model, path)
        return [float(count.tokens) for count in counts]

    def _note_estimate(self, counted: TokenCount, model: str, path: KeyPath) -> None:
        if counted.tokens:
            low, high = counted.low / counted.tokens, counted.high / counted.tokens
            self._note_band(low, high, counted.method, model, path)

    def _note_band(self, low: float, high: float, method: str, model: str, path: KeyPath) -> None:
        if method in {"scaled", "assumed"}:
            self.findings.warn(
                "estimated-tokens",
                f"the count on {model} is {method}, not exact: it may be off by "
                f"{low - 1:+.0%} to {high - 1:+.0%}",
                f"{join_path(path)} on {model}",
            )

    def _converted(self, counted_with: str | None, model: str, path: KeyPath) -> float:
        if not counted_with or counted_with == model:
            return 1.0
        found = density(model, counted_with)
        low, high = found.low / found.factor, found.high / found.factor
        self._note_band(low, high, found.method, model, path)
        return found.factor

    def images(self, images: Sequence[Image], model: str, path: KeyPath) -> Size:
        """Tokens of the images of one turn.

        Raises:
            UsageError: the model reads no images.
        """
        terms = []
        for k, image in enumerate(images):
            at = (*path, str(k))
            counted = image_tokens(model, image.size.width, image.size.height, detail=image.detail)
            self._note_estimate(counted, model, at)
            count = self.variables.term(image.count, (*at, "count"), "positive")
            terms.append(count * float(counted.tokens))
        return Size(tuple(terms))
