"""Pack OpenAI's token vocabularies into costplan/tokens/data, from a package that carries them.

    pip install --no-deps --target ranks-package litellm
    python scripts/make_ranks.py ranks-package

The packages known to hold the raw files under the names of tiktoken's cache are litellm and
llama-index-core; any folder that holds `<encoding>.tiktoken` files (or `.tiktoken.gz`, as in
bpe-openai) will do as well. Every file is compared with the sha256 that tiktoken itself expects
before anything is written, so the source need not be trusted.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import lzma
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from costplan.tokens.ranks import ENCODINGS, PACKED, Encoding

SOURCES = ("litellm", "llama_index")


def main(arguments: list[str]) -> int:
    """Find, check and pack each vocabulary; the exit code is 1 if one is missing."""
    roots = [Path(argument) for argument in arguments] or list(installed())
    missing = 0
    for encoding in ENCODINGS.values():
        if encoding.packed_in != encoding.name:
            continue
        text = find(encoding, roots)
        if text is None:
            print(f"{encoding.name}: not found in {', '.join(map(str, roots)) or 'any package'}")
            missing = 1
            continue
        PACKED.mkdir(parents=True, exist_ok=True)
        target = PACKED / f"{encoding.name}.xz"
        target.write_bytes(pack(text, encoding))
        print(f"{target}: {target.stat().st_size:,} bytes")
    return missing


def installed() -> Iterator[Path]:
    """Where the packages that carry the vocabularies are installed, if they are."""
    for name in SOURCES:
        spec = find_spec(name)
        for location in (spec and spec.submodule_search_locations) or ():
            yield Path(location)


def find(encoding: Encoding, roots: list[Path]) -> bytes | None:
    """The `.tiktoken` text whose hash is the expected one, from anywhere below the roots."""
    names = (encoding.cache_name, f"{encoding.name}.tiktoken", f"{encoding.name}.tiktoken.gz")
    for root in roots:
        for path in (found for name in names for found in root.rglob(name)):
            text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if hashlib.sha256(text).hexdigest() == encoding.sha256:
                return text
            print(f"{path}: not the file tiktoken expects; ignored")
    return None


def pack(text: bytes, encoding: Encoding) -> bytes:
    """Lengths, then the tokens themselves, in the order of their ranks; compressed.

    Raises:
        ValueError: the ranks are not the ones `encoding` describes.
    """
    ranks = {
        int(rank): base64.b64decode(token)
        for token, rank in map(bytes.split, text.split(b"\n")[:-1])
    }
    if sorted(ranks) != list(encoding.ranks()):
        raise ValueError(
            f"{encoding.name}: the ranks are not as described in costplan.tokens.ranks"
        )
    tokens = [ranks[rank] for rank in sorted(ranks)]
    return lzma.compress(
        bytes(map(len, tokens)) + b"".join(tokens),
        filters=[{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}],
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
