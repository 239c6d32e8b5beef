"""Pack the direction numbers of Joe and Kuo into costplan/engine/data.

    python scripts/make_sobol.py new-joe-kuo-6.21201
    python scripts/make_sobol.py

The file is the one published at https://web.maths.unsw.edu.au/~fkuo/sobol (S. Joe and F. Y. Kuo,
Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30,
2008). Without it, the same numbers are taken from the copy that SciPy carries.
"""

from __future__ import annotations

import sys
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np

DIMENSIONS = 2048
PACKED = Path(__file__).parent.parent / "costplan/engine/data/joe_kuo.zlib"

type Rows = list[tuple[int, list[int]]]
"""By dimension from the second on: its primitive polynomial, all bits, and its first numbers."""


def main(arguments: list[str]) -> int:
    """Read, check and pack."""
    rows = published(Path(arguments[0])) if arguments else from_scipy()
    rows = rows[: DIMENSIONS - 1]
    check(rows)
    polynomials = [polynomial for polynomial, _ in rows]
    numbers = [number for _, row in rows for number in row]
    packed = np.array([*polynomials, *numbers], dtype="<u2").tobytes()
    PACKED.write_bytes(zlib.compress(packed, 9))
    print(f"{PACKED}: {len(rows) + 1:,} dimensions, {PACKED.stat().st_size:,} bytes")
    return 0


def published(path: Path) -> Rows:
    """Lines of `d s a m_1 ... m_s`; `a` leaves out the first and last bit of the polynomial."""
    rows = []
    for line in path.read_text().splitlines()[1:]:
        _, degree, inner, *numbers = map(int, line.split())
        rows.append(((1 << degree) | (inner << 1) | 1, numbers))
    return rows


def from_scipy() -> Rows:
    """The copy in an installed SciPy."""
    spec = find_spec("scipy")
    if spec is None or spec.origin is None:
        raise SystemExit("give the published file, or install scipy")
    table = np.load(Path(spec.origin).parent / "stats/_sobol_direction_numbers.npz")
    pairs = zip(table["poly"][1:].tolist(), table["vinit"][1:].tolist(), strict=True)
    return [(polynomial, row[: polynomial.bit_length() - 1]) for polynomial, row in pairs]


def check(rows: Rows) -> None:
    """The k-th number of a dimension is odd and below 2^k.

    Raises:
        ValueError: they are not what was published.
    """
    if len(rows) != DIMENSIONS - 1 or rows[0] != (3, [1]) or rows[1] != (7, [1, 3]):
        raise ValueError("these are not the numbers of Joe and Kuo")
    for polynomial, numbers in rows:
        fits = all(m % 2 == 1 and m < 1 << k for k, m in enumerate(numbers, 1))
        if not fits or len(numbers) != polynomial.bit_length() - 1:
            raise ValueError(f"the numbers of polynomial {polynomial} are not direction numbers")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
