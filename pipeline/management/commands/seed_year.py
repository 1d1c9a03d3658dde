"""manage.py seed_year: a made-up warehouse of a year in an empty database, to measure pages on."""

import argparse
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from pipeline.bench.year import STAR_DAYS, NotEmpty, fill
from pipeline.bench.year_repos import MOST_DAYS


class Command(BaseCommand):
    help = "Fill an empty, migrated database with a made-up year that ends today (UTC), to measure pages on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repositories", type=int, default=5000, help="how many repositories (5000)")
        parser.add_argument("--days", type=days, default=365, help=f"how many days, at most {MOST_DAYS} (365)")
        parser.add_argument(
            "--star-days", type=days, default=STAR_DAYS, help=f"days whose stars are kept one by one ({STAR_DAYS})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        try:
            rows = fill(options["repositories"], options["days"], datetime.now(UTC), options["star_days"])
        except NotEmpty as error:
            raise CommandError(str(error)) from None
        for table, count in rows.items():
            self.stdout.write(f"{table:<30} {count:>12,}")
        self.stdout.write(f"{time.perf_counter() - started:.1f} s")


def days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_DAYS}, not {text!r}")
    return int(text)
