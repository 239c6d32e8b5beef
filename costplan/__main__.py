"""`python -m costplan` is `costplan`."""

from __future__ import annotations

import sys

from costplan.cli import main

if __name__ == "__main__":
    sys.exit(main())
