"""Rows added to the text of a price file, which keeps its comments, its order and its style.

Only lines are added. Where they go is read from the places of the nodes, so the file may be laid
out by hand; that the result can be used is checked by reading it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from costplan import documents
from costplan.errors import PriceFileError
from costplan.meters import MODES, Meter
from costplan.prices.peers import Peer

_HOMES = {
    "genai-prices": "https://github.com/pydantic/genai-prices",
    "litellm": "https://github.com/BerriAI/litellm",
}
_MODEL, _MODE, _ROW, _INSIDE = " " * 2, " " * 6, " " * 8, " " * 11


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be written: rates by the prompt size above which they hold, and by meter."""

    mode: str
    from_: date
    added: str
    """The release that will carry it."""
    rates: Mapping[tuple[int | None, Meter], Decimal]
    regions: Mapping[str, Decimal] = field(default_factory=dict)

    def lines(self, source: str, day: date) -> list[str]:
        """The row as YAML, as it stands in a list of a mode."""
        basis = "announced" if self.from_ > day else "observed"
        head = f"from: {self.from_}, known: {day}, known_by: first-seen, basis: {basis}"
        parts = [f"{head},", f"added: {self.added}, source: {source},"]
        sizes = sorted({above for above, _ in self.rates if above is not None})
        parts.append(f"rates: {{{self._rates(None)}}},")
        tiers = ", ".join(f"{{above: {size}, rates: {{{self._rates(size)}}}}}" for size in sizes)
        parts += [f"tiers: [{tiers}],"] if tiers else []
        regions = ", ".join(f"{name}: {_plain(factor)}" for name, factor in self.regions.items())
        parts += [f"regions: {{{regions}}},"] if regions else []
        first, *rest = parts
        rest[-1] = f"{rest[-1].removesuffix(',')}}}"
        return [f"{_ROW}- {{{first}", *(f"{_INSIDE}{part}" for part in rest)]

    def _rates(self, size: int | None) -> str:
        order = list(Meter)
        chosen = {meter: rate for (above, meter), rate in self.rates.items() if above == size}
        return ", ".join(f"{m.value}: {_plain(chosen[m])}" for m in sorted(chosen, key=order.index))


def with_rows(
    text: str, name: tuple[str, str], rows: Sequence[NewRow], peer: Peer, day: date
) -> str:
    """The text of a price file with rows for a model, which may be new to it.

    Args:
        text: the file; empty to begin one.
        name: the provider, and the id of the model.
        rows: oldest first in each mode.
        peer: where they were seen, which becomes a source.
        day: when; the release they are `added` in is called after it.

    Raises:
        PriceFileError: the file cannot be used, before or after.
    """
    from costplan.prices.reading import read_price_file

    provider, model = name
    made = _inserted(text, model, rows, peer, day) if text else ""
    if not text:
        made = "\n".join(_file(provider, model, rows, peer, day)) + "\n"
    _, problems = read_price_file(made, f"{provider}.yaml")
    if problems:
        raise PriceFileError(problems)
    return made


def _file(
    provider: str, model: str, rows: Sequence[NewRow], peer: Peer, day: date
) -> Iterable[str]:
    key = f"{peer.name}-{peer.version}"
    yield "# yaml-language-server: $schema=schema.json"
    yield f"provider: {provider}"
    yield f"title: {provider.title()}"
    yield "currency: USD"
    yield f"added: {rows[0].added}"
    yield ""
    yield "sources:"
    yield from _source(key, peer, day)
    yield ""
    yield "models:"
    yield from _model(model, rows, key, day)


def _source(key: str, peer: Peer, day: date) -> list[str]:
    return [
        f"  {key}:",
        f"    title: {peer.name} {peer.version}, the installed data",
        f"    url: {_HOMES.get(peer.name, '')}",
        f"    observed: {day}",
        "    licence: MIT",
    ]


def _model(model: str, rows: Sequence[NewRow], key: str, day: date) -> list[str]:
    lines = [f"{_MODEL}{_quoted(model)}:"]
    lines.append("    # add what it is: release, context, max_output, tokenizer")
    lines.append("    prices:")
    for mode in sorted({row.mode for row in rows}, key=MODES.index):
        lines += _mode(mode, rows, key, day)
    return lines


def _mode(mode: str, rows: Sequence[NewRow], key: str, day: date) -> list[str]:
    chosen = [row for row in rows if row.mode == mode]
    return [f"{_MODE}{mode}:", *(line for row in chosen for line in row.lines(key, day))]


def _inserted(text: str, model: str, rows: Sequence[NewRow], peer: Peer, day: date) -> str:
    """The text with lines put in, from its end to its beginning so that places stay right."""
    root, problems = documents.read_document(text, "")
    if root is None or problems:
        raise PriceFileError(problems)
    lines = text.splitlines()
    sources, models = _mapping(root, "sources"), _mapping(root, "models")
    key = _known_source(sources, peer)
    named = key or f"{peer.name}-{peer.version}"
    added: list[tuple[int, list[str]]] = []
    if key is None:
        last = max(place.line for place in sources.keys.values())
        added.append((_end(lines, last), _source(named, peer, day)))
    if model in models.items:
        prices = _mapping(models.items[model], "prices")
        for mode in dict.fromkeys(row.mode for row in rows):
            chosen = [row for row in rows if row.mode == mode]
            listed = prices.items.get(mode)
            if isinstance(listed, documents.Sequence):
                start = prices.keys[mode].line
                added += [
                    (_place(lines, listed, start, row, day), row.lines(named, day))
                    for row in chosen
                ]
            else:
                last = max(place.line for place in prices.keys.values())
                added.append((_end(lines, last), _mode(mode, chosen, named, day)))
    else:
        after = [place.line for name, place in models.keys.items() if name > model]
        block = _model(model, rows, named, day)
        if after:
            added.append((min(after) - 1, [*block, ""]))
        else:
            last = max(place.line for place in models.keys.values())
            added.append((_end(lines, last), ["", *block]))
    for at, new in sorted(added, key=lambda pair: pair[0], reverse=True):
        lines[at:at] = new
    return "\n".join(lines) + "\n"


def _place(
    lines: Sequence[str], listed: documents.Sequence, start: int, row: NewRow, day: date
) -> int:
    """Where a row goes in the list that starts below a line: before the first later than it is."""
    later = [item for item in listed.items if _identity(item) > (str(row.from_), str(day))]
    return later[0].place.line - 1 if later else _end(lines, start)


def _identity(item: documents.Node) -> tuple[str, str]:
    values = item.items if isinstance(item, documents.Mapping) else {}
    start, known = (
        node.text if isinstance(node := values.get(name), documents.Scalar) else ""
        for name in ("from", "known")
    )
    return start, known or start


def _known_source(sources: documents.Mapping, peer: Peer) -> str | None:
    """The source that already stands for this version of the peer."""
    for key, source in sources.items.items():
        title = source.items.get("title") if isinstance(source, documents.Mapping) else None
        words = title.text.replace(",", " ").split() if isinstance(title, documents.Scalar) else []
        if any(peer.name in word for word in words) and peer.version in words:
            return key
    return None


def _mapping(node: documents.Node, key: str) -> documents.Mapping:
    found = node.items.get(key) if isinstance(node, documents.Mapping) else None
    return found if isinstance(found, documents.Mapping) else documents.Mapping(node.place, {}, {})


def _end(lines: Sequence[str], start: int) -> int:
    """The index after the last line of the block whose key stands on line `start`, from 1."""
    indent = len(lines[start - 1]) - len(lines[start - 1].lstrip())
    end = start
    for k in range(start, len(lines)):
        line = lines[k]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        if line.strip():
            end = k + 1
    return end


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _quoted(name: str) -> str:
    """A key as YAML: in quotes where it holds more than letters, digits, dots and dashes."""
    plain = name.replace(".", "").replace("-", "").replace("_", "").isalnum()
    return name if plain and not name[0].isdigit() else f'"{name}"'
