"""Finds a Chromium for the browser tests, or brings one: the system's, else Playwright's, else Debian's package.

Run by make before the tests; imported by the tests for the path. A missing browser is an error when CI is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The flag replaces Playwright's own, so what Playwright leaves out is named again: what would change addresses, frames
# or requests, and what would ask a vendor's hosts. The pop-ups of the address bar are pages that every window starts
# and nobody sees here, for more than a second of processor time each.
LEFT_OUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "ThirdPartyStoragePartitioning", "PaintHolding",
    "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "AimEnabled", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PreconnectToSearch",
)  # fmt: skip
# Without these a headless browser on a closed network tries its vendor's hosts at every start.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--disable-features={','.join(LEFT_OUT)}",
)  # fmt: skip


def find_browser() -> Path | None:
    """Return the browser's executable: `AICR_BROWSER`, the system's, or the one Playwright downloaded."""
    named = os.environ.get("AICR_BROWSER")
    system = [p for name in NAMES if (p := shutil.which(name))]
    for candidate in ([named] if named else []) + system:
        if Path(candidate).exists():
            return Path(candidate)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def bring_browser() -> Path | None:
    """Return a browser, installing one when there is none: Playwright's, then Debian's when root."""
    found = find_browser()
    if found:
        return found
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        attempts += [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]]
    for command in attempts:
        print("bringing a browser:", " ".join(command), file=sys.stderr)
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=600
        )
        found = find_browser()
        if found:
            return found
    return None


if __name__ == "__main__":
    browser = bring_browser()
    if browser:
        print(f"browser for the tests: {browser}", file=sys.stderr)
    elif os.environ.get("CI"):
        sys.exit("no browser could be found or brought; install chromium, or set AICR_BROWSER to one")
    else:
        print("no browser here: the browser tests will say so and not run", file=sys.stderr)
