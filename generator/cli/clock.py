"""The time of a run, read here and nowhere below."""

from __future__ import annotations

import os
import time


def now() -> float:
    """Seconds since 1970; SOURCE_DATE_EPOCH fixes them, so that two runs can be compared byte by byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    # The last year that a date can be made of is 9999; what is later, or no number, fixes nothing.
    return int(epoch) if epoch.isdecimal() and len(epoch) < 12 else time.time()
