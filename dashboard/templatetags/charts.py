"""Charts as HTML. The same chart looks the same for ever, so that each process makes it once."""

from functools import lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dashboard.charts import Chart, Table

register = template.Library()
MOST_KEPT = 300  # of some 15 kilobytes each


@register.simple_tag(name="chart")
@lru_cache(maxsize=MOST_KEPT)
def chart_figure(chart: Chart) -> SafeString:
    """The chart with its text alternative and its data table."""
    return render_to_string("dashboard/_chart.html", {"chart": chart})


@register.filter
def table_rows(table: Table) -> SafeString:
    """The rows of a chart's table, the label as their heading; every text escaped.

    Made in one go: three charts of 90 days are a thousand cells of a page.
    """
    return SafeString(
        "".join(
            f'<tr><th scope="row">{escape(label)}</th>'
            + "".join(f'<td class="num">{escape(value)}</td>' for value in values)
            + "</tr>\n"
            for label, values in table.rows
        )
    )
