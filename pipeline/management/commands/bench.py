"""manage.py bench: measured figures beside their targets."""

import os
import platform
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from pipeline.bench import load, pages, runs
from pipeline.bench.databases import Databases, migrated, temporary_databases
from pipeline.bench.githubs import measured_github
from pipeline.bench.postgres import Unavailable
from pipeline.bench.process import ChildFailed, manage
from pipeline.bench.table import figures_table


class Command(BaseCommand):
    help = "Measure runs, loads and pages on temporary databases and print the figures beside their targets."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=("run", "next", "load", "pages"), help="one of the four measurements")
        parser.add_argument(
            "--repositories", type=positive, help="load this many instead of 450 and 5,000, and show this many"
        )
        parser.add_argument("--days", type=positive, default=pages.DAYS, help="days that pages look back on (365)")
        parser.add_argument(
            "--keep", type=Path, metavar="FILE", help="SQLite's year for the pages: made there, used again next time"
        )
        parser.add_argument("--database", choices=("sqlite", "postgresql"), help="one of the two databases")
        parser.add_argument("--best-of", type=positive, default=3, help="loads, of which the quickest counts (3)")

    def handle(self, *args: Any, **options: Any) -> None:
        # Ended from outside, it still takes its databases and servers away.
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        try:
            with temporary_databases(options["database"]) as databases:
                self.measure(databases, **options)
        except (ChildFailed, Unavailable) as error:
            raise CommandError(str(error)) from None

    def measure(
        self,
        databases: Sequence[Databases],
        only: str | None,
        repositories: int | None,
        best_of: int,
        days: int,
        keep: Path | None,
        **_: object,
    ) -> None:
        self.stdout.write(machine(databases))
        if only not in ("load", "pages"):
            for each in databases:
                self.measure_runs(each, only)
        if only in (None, "load"):
            self.measure_loads(databases, [repositories] if repositories else list(load.SIZES), best_of)
        if only in (None, "pages"):
            self.measure_pages(databases, pages.Plan(repositories or pages.REPOSITORIES, days, keep=keep))

    def measure_runs(self, databases: Databases, only: str | None) -> None:
        url = migrated(databases)
        with measured_github() as github:
            run = runs.measure(url, github)
            ended = time.monotonic()
            if only != "next":
                self.show(f"First run, {databases.title}, {github.title}", figures_table(runs.first_run_figures(run)))
            if only == "run":
                return
            runs.wait_an_hour(github, ended)
            run = runs.measure(url, github)
            self.show(f"Next hour, {databases.title}, {github.title}", figures_table(runs.next_hour_figures(run)))

    def measure_loads(self, databases: Sequence[Databases], sizes: Sequence[int], best_of: int) -> None:
        loads = [found for size in sizes for each in databases for found in load.measure(each, size, best_of)]
        self.show(f"Raw to published, best of {best_of}", load.loads_table(loads))

    def measure_pages(self, databases: Sequence[Databases], plan: pages.Plan) -> None:
        manage("sqlite://:memory:", "collectstatic", "--noinput", "--verbosity", "0")
        for each in databases:
            title = f"Pages over {plan.repositories:,} repositories and {plan.days:,} days, {each.title}"
            self.show(title, pages.measure(each, plan).text())

    def show(self, title: str, table: str) -> None:
        self.stdout.write(f"\n{title}\n\n{table}")
        self.stdout.flush()


def machine(databases: Sequence[Databases]) -> str:
    """What the figures were measured on, in one line."""
    parts = [f"{os.cpu_count()} cores", f"Python {platform.python_version()}", *(each.title for each in databases)]
    return ", ".join(parts)


def positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ValueError
    return int(text)
