"""Reports on the platforms, newest first."""

from datetime import date

from marketing.models import PlatformReading

MOST_ROWS = 240  # four platforms, a good year of weekly reports


def newest_readings(is_demo: bool) -> list[PlatformReading]:
    """The rows of the last reports, the newest day first. One query."""
    return list(PlatformReading.objects.filter(is_demo=is_demo).order_by("-report_date", "platform")[:MOST_ROWS])


def readings_before(day: date, is_demo: bool) -> list[PlatformReading]:
    """The rows of the newest report before `day`; none if it is the first. One query."""
    earlier = PlatformReading.objects.filter(is_demo=is_demo, report_date__lt=day)
    newest = earlier.order_by("-report_date").values("report_date")[:1]
    return list(earlier.filter(report_date__in=newest))
