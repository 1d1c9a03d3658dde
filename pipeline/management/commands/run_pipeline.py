"""manage.py run_pipeline: one run now, or handed to the worker."""

import argparse
import json
import sys
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from pipeline import stopping
from pipeline.embedded_database import prepare
from pipeline.etl.demo_rows import has_real_rows
from pipeline.reference import LANGUAGES, Language
from pipeline.report import summary_lines, summary_object
from pipeline.run import RunOptions, exit_code, run_pipeline, streams_of_languages
from pipeline.source import github
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.watch import watcher


class Command(BaseCommand):
    help = "Read GitHub, validate, load and publish: one run now. Exit code 0 all, 2 a part, 1 nothing published."
    requires_system_checks = ()  # they are about pages and the admin, and loading those takes as long as publishing

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--languages", type=languages, help="only these, such as Python,Go")
        only.add_argument("--streams", type=streams, help="only these, such as go,render")
        parser.add_argument("--limit", type=positive, help="repositories a language (default 130)")
        parser.add_argument("--demo", action="store_true", help="read the embedded GitHub: made-up repositories")
        parser.add_argument(
            "--from-raw", action="store_true", help="rebuild staging and analytics from raw, no request"
        )
        parser.add_argument("--enqueue", action="store_true", help="hand the run to the worker")
        parser.add_argument("--json", action="store_true", help="one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(self.stdout)
        if options["demo"] and has_real_rows():
            raise CommandError(
                "This database holds real repositories, and made-up ones never mix with them. "
                "Give the demo another one: DATABASE_URL=sqlite:///demo.sqlite3"
            )
        wanted = RunOptions(options["languages"], options["limit"], options["from_raw"], streams=options["streams"])
        if options["enqueue"]:
            self.enqueue(wanted, demo=options["demo"])
            return
        plain: Any = sys.stderr if options["json"] else self.stdout
        with stopping.listening(), watcher(plain) as watch:
            if options["demo"]:
                from pipeline.demo_run import run_demo

                execution = run_demo(wanted, watch, lambda line: plain.write(line + "\n"))
            else:
                execution = run_pipeline(wanted, github(), watch)
        for line in summary_lines(execution):
            plain.write(line + "\n")
        if options["json"]:
            self.stdout.write(json.dumps(summary_object(execution)))
        if code := exit_code(execution):
            sys.exit(code)

    def enqueue(self, options: RunOptions, *, demo: bool) -> None:
        from pipeline.tasks import enqueue_run

        self.stdout.write(f"Handed to the worker as task {enqueue_run(options, demo=demo)}.")


def languages(text: str) -> list[Language]:
    """Languages with a stream of their own, by name or slug, whatever the case."""
    known = {word.lower(): row for row in LANGUAGES.values() if row.stream for word in (row.name, row.slug)}
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        offered = ", ".join(row.name for row in LANGUAGES.values() if row.stream)
        raise argparse.ArgumentTypeError(f"{', '.join(unknown) or 'nothing'}: choose from {offered}")
    return list(dict.fromkeys(known[name] for name in names))


def streams(text: str) -> list[str]:
    """Slugs of streams: of languages that have one, and of the ecosystem."""
    offered = [*(row.slug for row in streams_of_languages()), ECOSYSTEM]
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(offered):
        raise argparse.ArgumentTypeError(f"{text.strip() or 'nothing'}: choose from {', '.join(offered)}")
    return names


def positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 1000, not {text!r}")
    return int(text)
