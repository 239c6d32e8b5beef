"""From what a scenario says about tokens to the engine's terms, per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from costplan.documents import join_path
from costplan.engine.distributions import Distribution, from_range, lognormal_spread
from costplan.engine.model import Size, Spread, Term
from costplan.planning.findings import Findings
from costplan.quantity import Quantity
from costplan.scenario.schema import Image, Scenario, Tokens
from costplan.schema import KeyPath
from costplan.tokens import CountStore, TokenCount, density, image_tokens


@dataclass(slots=True)
class Variables:
    """The ranges of a scenario, each once: what we do not know about the plan."""

    known: dict[str, Distribution] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)
    """The range of each, as it was written."""
    parts: dict[str, float] = field(default_factory=dict)
    """For a share within what others leave: how much that is."""

    def term(
        self,
        quantity: Quantity,
        path: KeyPath,
        kind: Literal["positive", "share", "growth"],
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
        if name not in self.known:
            self.known[name] = from_range(float(quantity.low), float(quantity.high), kind)
            self.quantities[name] = quantity
            self.parts[name] = of
        return Term(0.0, 1.0, name)


@dataclass(slots=True)
class Sizes:
    """Counts what a scenario says about tokens, for one model after another."""

    scenario: Scenario
    counts: CountStore
    variables: Variables
    findings: Findings

    def size(self, tokens: Tokens | None, model: str, path: KeyPath, factor: float = 1.0) -> Size:
        """The size on that model's own tokenizer, times `factor`.

        A number stays the same on every model unless `counted_with` says whose tokens they are.
        """
        if tokens is None:
            return Size()
        if tokens.text is not None or tokens.file is not None:
            text = (
                tokens.text if tokens.text is not None else self.scenario.texts[tokens.file or ""]
            )
            return Size((Term(self._count(text, model, path) * factor),))
        if tokens.sample is not None:
            return self._sampled(tokens.sample, model, path, factor)
        quantity = tokens.tokens or tokens.mean
        if quantity is None:
            return Size()
        scale = factor * self._converted(tokens.counted_with, model, path)
        term = self.variables.term(quantity, path, "positive") * scale
        spread = self._spread(tokens)
        return Size((), (term,), spread) if spread else Size((term,))

    def _spread(self, tokens: Tokens) -> Spread | None:
        if tokens.mean is None or tokens.p90 is None or not tokens.mean.high:
            return None
        middle = tokens.mean
        mean = (
            from_range(float(middle.low), float(middle.high), "positive").mean
            if middle.is_range
            else float(middle.low)
        )
        shape = lognormal_spread(mean, max(mean, float(tokens.p90)))
        return Spread(shape) if shape.sigma else None

    def _sampled(self, name: str, model: str, path: KeyPath, factor: float) -> Size:
        values = tuple(
            float(record) if isinstance(record, int) else self._count(record, model, path)
            for record in self.scenario.samples[name]
        )
        mean = sum(values) / len(values)
        spread = Spread(values=values) if mean and len(set(values)) > 1 else None
        term = Term(mean * factor)
        return Size((), (term,), spread) if spread else Size((term,))

    def _count(self, text: str, model: str, path: KeyPath) -> float:
        counted = self.counts.count(text, model)
        self._note_estimate(counted, model, path)
        return float(counted.tokens)

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
