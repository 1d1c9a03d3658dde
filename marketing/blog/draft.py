"""Keeps the month's draft: a run replaces what a run wrote, and never what a person did."""

from datetime import datetime

from django.db import transaction

from marketing.blog import text
from marketing.blog.facts import MonthFacts, lists_of, month_facts
from marketing.blog.month import months_to_draft, name_of
from marketing.models import BlogDraft


def draft_month(now: datetime) -> str:
    """Write the draft of the month that is due at `now`; returns a sentence saying what became of it."""
    months = months_to_draft(now.date())
    for month in months:
        facts = month_facts(month, now.date())
        if facts is not None:
            return keep(facts, text.title(month), text.body(facts, lists_of(facts)), now)
    return f"No day of {' or '.join(map(name_of, months))} has been published, so there is no draft to write."


def keep(facts: MonthFacts, title: str, body: str, now: datetime) -> str:
    """Upsert by month, unless somebody has edited the draft."""
    values = {"title": title, "body": body, "execution_id": facts.run_id, "created_at": now}
    name = name_of(facts.month)
    with transaction.atomic():
        # Whoever saves an edit at the same moment wins: the condition is checked where the row is written.
        if BlogDraft.objects.filter(month=facts.month, edited_at=None).update(**values):
            return f"The draft of {name} has been written anew from run {facts.run_id}."
        _, is_new = BlogDraft.objects.get_or_create(month=facts.month, defaults=values)
    if is_new:
        return f"The draft of {name} has been written from run {facts.run_id}."
    return f"The draft of {name} has been edited by a person and stays as it is."
