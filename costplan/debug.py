"""What happened, for whoever looks for a fault: a log file, when it is asked for."""

from __future__ import annotations

import logging
from pathlib import Path

LOG = logging.getLogger("costplan")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False  # a terminal that shows an interface has no room for a log


def log_to(path: Path) -> None:
    """Write everything from now on to the end of a file.

    Raises:
        OSError: it cannot be written.
    """
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(
        logging.Formatter("%(asctime)s.%(msecs)03d %(levelname)s %(message)s", "%H:%M:%S")
    )
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
