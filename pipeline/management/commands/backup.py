"""manage.py backup: the whole database in one file; docs/backup.md says how it gets back."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from pipeline.backup import BackupProblem, backup, drop_all_but


class Command(BaseCommand):
    help = "Copies the whole database into one file, while everything goes on, and checks the copy."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.BASE_DIR / "backups"
        parser.add_argument("--to", type=Path, default=default, metavar="DIR", help=f"folder (default {default})")
        parser.add_argument("--keep", type=at_least_one, metavar="N", help="delete all but the newest N backups there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backup(options["to"], timezone.now())
            gone = drop_all_but(options["keep"], made) if options["keep"] else []
        except BackupProblem as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{made} ({made.stat().st_size / 1_000_000:.1f} MB)")
        for path in gone:
            self.stdout.write(f"deleted {path}")


def at_least_one(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, not {text!r}")
    return int(text)
