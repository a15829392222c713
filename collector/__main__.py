"""`python3 -m collector` and, inside collector.pyz, the whole program."""

from __future__ import annotations

import sys

if sys.version_info < (3, 9):
    sys.exit("collector: Python 3.9 or later is needed; run it with a newer python3")

from collector import main

if __name__ == "__main__":
    sys.exit(main())
