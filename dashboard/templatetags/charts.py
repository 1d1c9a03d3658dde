"""The data table of a chart. Made in one go: three charts of 90 days are a thousand cells of a page."""

from html import escape

from django import template
from django.utils.safestring import SafeString

from dashboard.charts import Table

register = template.Library()


@register.filter
def table_rows(table: Table) -> SafeString:
    """The rows of a chart's table, the label as their heading; every text escaped."""
    return SafeString(
        "".join(
            f'<tr><th scope="row">{escape(label)}</th>'
            + "".join(f'<td class="num">{escape(value)}</td>' for value in values)
            + "</tr>\n"
            for label, values in table.rows
        )
    )
