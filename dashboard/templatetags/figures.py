"""Figures and moments as words: unknown is a word and never 0."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

UNKNOWN = "unknown"
STEPS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


@register.filter
def count(value: int | None) -> str:
    """12345 is "12,345"."""
    return UNKNOWN if value is None else f"{value:,}"


@register.filter
def gain(value: int | None) -> str:
    """A count with its sign: "+1,157", "0"."""
    return UNKNOWN if value is None else f"{value:+,}" if value else "0"


@register.filter
def one_decimal(value: Decimal | None) -> str:
    """80.289545 is "80.3", halves are rounded away from zero."""
    return UNKNOWN if value is None else f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


@register.filter
def duration(seconds: Decimal | None) -> str:
    """4.126 is "4.1 s", 134 is "2 min 14 s"."""
    if seconds is None:
        return UNKNOWN
    if seconds.quantize(Decimal("0.1"), ROUND_HALF_UP) < 60:
        return f"{one_decimal(seconds)} s"
    minutes, rest = divmod(int(max(seconds, Decimal(60))), 60)
    return f"{minutes:,} min {rest} s"


@register.simple_tag
def time_ago(moment: datetime, now: datetime) -> SafeString:
    """A time element: how long ago in words, the exact moment in UTC in its title."""
    moment = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        ago(now - moment),
    )


@register.simple_tag
def countdown(moment: datetime, now: datetime) -> SafeString:
    """A time element: in how long, or overdue by how much; it never counts below zero."""
    moment = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}" data-countdown>{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        ahead(moment - now),
    )


def ahead(wait: timedelta) -> str:
    """ "in 12 minutes"; after a minute's grace "overdue by 3 minutes". static/js/controls.js says the same."""
    seconds = wait.total_seconds()
    if seconds >= 60:
        return f"in {_amount(seconds)}"
    if seconds <= -60:
        return f"overdue by {_amount(-seconds)}"
    return "in less than a minute" if seconds > 0 else "due now"


def _amount(seconds: float) -> str:
    unit, size = next((unit, size) for unit, size in STEPS if seconds >= size)
    number = int(seconds // size)
    return f"{number:,} {unit}{'s' if number > 1 else ''}"


def ago(age: timedelta) -> str:
    """The age in its largest whole unit; what lies ahead by a clock that is off is "just now"."""
    seconds = age.total_seconds()
    for unit, size in STEPS:
        number = int(seconds // size)
        if number >= 1:
            return f"{number:,} {unit}{'s' if number > 1 else ''} ago"
    return "just now"
