"""Leads for success stories: who meets a rule now, with the numbers, the owner's profile and the facts as sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from dashboard.og import absolute
from dashboard.ranking import repo_href
from marketing.contacts import Readings, read_contacts
from marketing.models import SuccessStoryLead
from marketing.queries.leads import contacts_so_far, leads_of, projects_of, render_repos
from marketing.stories import Limits, Rule, facts_of, listed, many, rules, story

# What a later run renews of a lead; its status, its notes and when it was found stay.
RENEWED = ("repo_full_name", "stars", "star_velocity", "story", "execution_id", "updated_at")


@dataclass(frozen=True, slots=True)
class Match:
    """A current row of the ranking and a rule that it meets."""

    row: Any
    rule: Rule

    @property
    def key(self) -> tuple[int, str]:
        return self.row.github_id, self.rule.name


def current_rules() -> tuple[Rule, ...]:
    """The rules with the thresholds of the settings."""
    return rules(
        Limits(
            fast_stars=settings.TRENDER_LEAD_STARS,
            fast_velocity=settings.TRENDER_LEAD_VELOCITY,
            steady_stars=settings.TRENDER_STEADY_LEAD_STARS,
            steady_weeks=settings.TRENDER_STEADY_LEAD_WEEKS,
            steady_growth=settings.TRENDER_STEADY_LEAD_GROWTH,
        )
    )


def find_leads(now: datetime) -> str:
    """Write a lead for every repository and rule that it meets, then read the profiles of new leads' owners.

    Returns a sentence. The leads are stored before anything is asked of GitHub, and stay whatever it answers.
    """
    found = matches(render_repos(), current_rules())
    added = store(found, now)
    readings = read_profiles(found, now)
    return sentence(found, added, readings)


def matches(rows: Iterable[Any], all_rules: Sequence[Rule]) -> list[Match]:
    return [Match(row, rule) for row in rows for rule in all_rules if rule.holds(row)]


def store(found: Sequence[Match], now: datetime) -> int:
    """Upsert by (github_id, rule); returns how many there were not before."""
    github_ids = {match.row.github_id for match in found}
    projects = projects_of(github_ids)
    with transaction.atomic():
        known = {(lead.github_id, lead.rule) for lead in leads_of(github_ids)}
        SuccessStoryLead.objects.bulk_create(
            [_lead(match, projects.get(match.row.github_id), now) for match in found],
            update_conflicts=True,
            unique_fields=["github_id", "rule"],
            update_fields=RENEWED,
        )
    return len({match.key for match in found} - known)


def _lead(match: Match, project: Any, now: datetime) -> SuccessStoryLead:
    row = match.row
    page = absolute(f"{repo_href(row.repo_full_name)}?at={row.snapshot_date}")
    return SuccessStoryLead(
        github_id=row.github_id,
        rule=match.rule.name,
        repo_full_name=row.repo_full_name,
        stars=row.stars,
        star_velocity=row.star_velocity,
        story=story(facts_of(row, project, page)),
        execution_id=row.execution_id,
        found_at=now,
        updated_at=now,
    )


def read_profiles(found: Sequence[Match], now: datetime) -> Readings:
    """Ask GitHub for the owners of the leads found that are still new, as far as it is time to."""
    keys = {match.key for match in found}
    leads = [lead for lead in leads_of({github_id for github_id, _ in keys}) if (lead.github_id, lead.rule) in keys]
    wanted = [lead for lead in leads if lead.status == SuccessStoryLead.Status.NEW]
    so_far = ((owner_of(name), contact) for name, contact in contacts_so_far())
    readings = read_contacts([owner_of(lead.repo_full_name) for lead in wanted], so_far, now)
    for lead in wanted:
        contact = readings.contacts.get(owner_of(lead.repo_full_name).casefold(), lead.contact)
        if contact != lead.contact:
            SuccessStoryLead.objects.filter(pk=lead.pk).update(contact=contact)
    return readings


def owner_of(full_name: str) -> str:
    return full_name.partition("/")[0]


def sentence(found: Sequence[Match], added: int, readings: Readings) -> str:
    """ "11 leads, 2 of them new: 0 by fast growth and 11 by steady growth. 2 profiles read."."""
    counts = [(sum(match.rule.name == rule.name for match in found), rule) for rule in current_rules()]
    by_rule = listed([f"{number:,} by {rule.title.lower()}" for number, rule in counts])
    return f"{many(len(found), 'lead')}, {added:,} of them new: {by_rule}. {readings.sentence}"
