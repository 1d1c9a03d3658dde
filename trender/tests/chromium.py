"""Where the browser of the browser tests is, and how it is started."""

import os
import shutil

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

# A browser that asks nobody but this machine: no updates, no services of its maker, no names looked up elsewhere.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
)


def find_chromium() -> str | None:
    """The path of the first browser found, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def launch_flags() -> list[str]:
    """The flags for this account: Chromium refuses to run as root unless its sandbox is off."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
