"""The day's sums by language, Render category and service type, so that no page adds up a year of snapshots."""

from datetime import date

from django.db import connection

from pipeline.models import LanguageDayFact, PublishedRun, RenderDayFact, RenderServiceDayFact, RenderServiceTotalFact
from pipeline.sql import statement

# In the order of writing: the last ones add up those before.
TOTALS = {
    "total_language_days": LanguageDayFact,
    "total_render_days": RenderDayFact,
    "total_render_service_days": RenderServiceDayFact,
    "total_render_service_totals": RenderServiceTotalFact,
}


def load_daily_totals(snapshot_date: date) -> int:
    """Replace the sums of the published day by those over what is current now; returns the rows written.

    A stream that failed counts with the rows it still shows, so that a bad hour draws no dip into a chart. A day
    older than the published one keeps its sums: what was current then is not known any more.
    """
    if not PublishedRun.objects.filter(snapshot_date=snapshot_date).exists():
        return 0
    written = 0
    with connection.cursor() as cursor:
        for name, model in TOTALS.items():
            model._default_manager.filter(snapshot_date=snapshot_date).delete()
            cursor.execute(statement(name, connection.vendor), [snapshot_date])
            written += max(cursor.rowcount, 0)
    return written
