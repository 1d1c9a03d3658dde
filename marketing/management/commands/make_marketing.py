"""manage.py make_marketing: now what the weekly and monthly schedules make; safe to repeat."""

import sys
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from marketing.queries.stock import lacks_made_up_reports
from marketing.tasks import PARTS, Made, make

# Before the first platform report of a demo, so that it has something to be compared with.
HISTORY_WEEKS = (2, 1)


class Command(BaseCommand):
    help = "Make cards, leads, blueprint metrics, platform report and blog draft now. Exit code 1 if a part failed."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        outcome = [*self.history(now), *make(PARTS, now)]
        for made in outcome:
            (self.stderr if made.is_failed else self.stdout).write(made.sentence)
        if any(made.is_failed for made in outcome):
            sys.exit(1)

    def history(self, now: datetime) -> list[Made]:
        """The platform reports of earlier weeks, on a database of made-up repositories that has none yet."""
        if not lacks_made_up_reports():
            return []
        moments = [now - timedelta(weeks=weeks) for weeks in HISTORY_WEEKS]
        made = [made for moment in moments for made in make(("platform report",), moment)]
        return [Made(each.part, f"made-up history: {each.sentence}", each.is_failed) for each in made]
