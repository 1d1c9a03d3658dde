"""Addresses for those who read a page from elsewhere."""

from django import template

from dashboard.og import absolute as absolute_address

register = template.Library()


@register.filter
def absolute(path: str) -> str:
    """ "/og/home.png" with this site's name before it."""
    return absolute_address(path)
