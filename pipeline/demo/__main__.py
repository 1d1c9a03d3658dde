"""`python -m pipeline.demo`: the embedded GitHub as a process of its own."""

import argparse
import os
import signal
import sys
from datetime import date, datetime
from threading import Event, Thread

from pipeline.demo.server import serve
from pipeline.demo.universe import SEED, Universe


def main() -> None:
    """Prints the address on one line and serves until SIGTERM or Ctrl-C, or until stdin closes if asked to."""
    options = parser().parse_args()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.until_stdin_closes:
        Thread(target=_wait_for_stdin, args=(stop,), daemon=True).start()
    universe = Universe(options.seed, options.anchor, options.now)
    with serve(universe, port=options.port, latency=options.latency, limits=options.limits) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        stop.wait()


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m pipeline.demo", description="A made-up GitHub on this computer.")
    made.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    made.add_argument("--seed", type=int, default=SEED, help="another number makes another universe")
    made.add_argument(
        "--anchor", type=date.fromisoformat, help="the day around which the universe is made (default: today)"
    )
    made.add_argument("--now", type=datetime.fromisoformat, help="stops the clock at an ISO time (default: it runs)")
    made.add_argument(
        "--latency", type=float, default=0.0, help="seconds a request takes; GraphQL's in proportion to its work"
    )
    made.add_argument("--limits", action="store_true", help="hold to GitHub's rate limits")
    made.add_argument(
        "--until-stdin-closes", action="store_true", help="end with the process that holds the other end of stdin"
    )
    return made


def _wait_for_stdin(stop: Event) -> None:
    # Not through sys.stdin's buffer: its lock, held here for ever, would make the interpreter abort at the end.
    while os.read(0, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    main()
