"""manage.py sync_schedules: make django-q2's schedules match pipeline/schedules.py; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from pipeline.schedules import sync_schedules


class Command(BaseCommand):
    help = "Makes the schedules match the code's; what was changed in the admin stays until the code's version changes."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, what in sync_schedules(timezone.now()).items():
            if options["verbosity"]:
                self.stdout.write(f"{name}: {what}")
