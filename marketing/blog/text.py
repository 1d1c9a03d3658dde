"""A month's facts as Markdown, every number in a link to the page that shows it. No database, no clock."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.og import absolute
from dashboard.ranking import repo_href
from dashboard.templatetags.figures import count, gain, one_decimal
from marketing.blog.facts import Lists, MonthFacts
from marketing.blog.month import name_of, path_of, spans
from marketing.stories import LONGEST_NAME, LONGEST_WORD, many, one_line

# Whatever begins something in Markdown or in GitHub's additions to it: marks, links, HTML, mentions, emoji by name.
_MARKS = re.compile(r"[\\`*_{}\[\]()<>#+!|~&@$^:]")


def escaped(text: object, longest: int = LONGEST_NAME) -> str:
    """A stranger's text as one line that Markdown shows as it is."""
    return _MARKS.sub(r"\\\g<0>", one_line(text, longest))


def link(words: str, path: str) -> str:
    """`words` are escaped or our own; `path` is an address of this site."""
    return f"[{words}]({absolute(path)})"


def title(month: date) -> str:
    return f"What gained momentum on GitHub in {name_of(month)}"


def body(facts: MonthFacts, lists: Lists) -> str:
    """The draft without its title."""
    parts = [
        opening(facts, is_demo=any(row.is_demo for row in lists.top)),
        "## The month in numbers\n\n" + bullets(figures(facts)),
        "## Top ten\n\n" + top_ten(facts, lists.top),
        "## New this month\n\n" + newcomers(facts, lists.new),
        "## The Render ecosystem\n\n" + bullets(ecosystem(facts)),
        "## What is not known\n\n" + bullets(gaps(facts)),
    ]
    return "\n\n".join(parts) + "\n"


def opening(facts: MonthFacts, *, is_demo: bool) -> str:
    run = link(f"run {facts.run_id}", f"/meta/?run={facts.run_id}")
    sentences = [
        "Demo data: every repository in this text is made up." if is_demo else "",
        f"The figures are of Trender, which reads GitHub every hour: of the days published in {name_of(facts.month)}, "
        f"the newest of them by {run}. Each number leads to the page that shows it.",
        "" if facts.is_over else f"The month is not over: the figures go up to {facts.until}.",
    ]
    return " ".join(filter(None, sentences))


def figures(facts: MonthFacts) -> list[str]:
    page, last = path_of(facts.month), facts.last
    counted = (facts.until - facts.month).days + 1
    published = ", ".join(day_link(each.day, str(each.day.day)) for each in facts.days)
    were = "repository was" if last.repositories == 1 else "repositories were"
    return [
        f"Rankings were published on {link(f'{len(facts.days)} of {counted} days', f'{page}#days')}: {published}.",
        f"{link(count(last.repositories), ranking_path(last.day))} {were} ranked on {last.day}, the last of them.",
        _gained(facts),
    ]


def _gained(facts: MonthFacts) -> str:
    if facts.stars_gained is None:
        return "The stars that they gained in the month are not known."
    stars = link(count(facts.stars_gained), f"{path_of(facts.month)}#days")
    return f"From {facts.month} to {facts.until} they gained {stars} stars that they still hold."


def top_ten(facts: MonthFacts, rows: Sequence[Any]) -> str:
    if not rows:
        return "No repository has a rank on that day."
    rule = f"By momentum on {day_link(facts.last.day)}, the last published day of the month."
    if not facts.is_over:
        rule = f"By momentum on {day_link(facts.last.day)}, the newest published day."
    return f"{rule}\n\n" + "\n".join(f"{place}. {item(row)}" for place, row in enumerate(rows, start=1))


def newcomers(facts: MonthFacts, rows: Sequence[Any]) -> str:
    number = len(facts.newcomers)
    if not number:
        return "No repository was ranked for the first time."
    new = link(count(number), f"{path_of(facts.month)}#newcomers")
    told = f"{new} {'repository was' if number == 1 else 'repositories were'} ranked for the first time."
    if not rows:
        return f"{told} None of them was ranked on {facts.last.day}."
    first = f"{told} Those of them with the most momentum on {facts.last.day}, with their ranks:"
    return f"{first}\n\n" + bullets([f"{count(row.rank_overall)}: {item(row)}" for row in rows])


def item(row: Any) -> str:
    """A repository with the numbers of its page on that day."""
    page = f"{repo_href(row.repo_full_name)}?at={row.snapshot_date}&window=30d"
    language = f" ({escaped(row.language, LONGEST_WORD)})" if row.language else ""
    numbers = [many(row.stars, "star")]
    if row.stars_gained_30d is not None:
        numbers.append(f"{gain(row.stars_gained_30d)} in 30 days")
    if row.momentum_score is not None:
        numbers.append(f"momentum {one_decimal(row.momentum_score)}")
    return f"{link(escaped(row.repo_full_name), page)}{language}: {link(', '.join(numbers), page)}"


def ecosystem(facts: MonthFacts) -> list[str]:
    """Projects, stars and services on the month's first and last published day."""
    known = [facts.ecosystem[day] for day in sorted(facts.ecosystem)]
    if not known:
        return ["Nothing is known of it in this month."]
    first, last = known[0], known[-1]
    rows = (
        ("Projects", first.projects, last.projects),
        ("Stars of all projects", first.stars, last.stars),
        ("Services declared", facts.services_on(first.day), facts.services_on(last.day)),
    )
    page = f"{path_of(facts.month)}#days"
    if first == last:
        return [f"{name}: {link(count(now), page)} on {last.day}." for name, _, now in rows]
    return [f"{name}: {growth(before, now, page)}, from {first.day} to {last.day}." for name, before, now in rows] + [
        f"What they are and declare now: {link('the Render ecosystem', '/render/')}."
    ]


def growth(before: int | None, now: int | None, page: str) -> str:
    """ "from 98 to 104 (+6)"."""
    change = None if before is None or now is None else now - before
    return link(f"from {count(before)} to {count(now)} ({gain(change)})", page)


def gaps(facts: MonthFacts) -> list[str]:
    """What a reader might take for granted and nobody knows."""
    missing, unknown = facts.missing, facts.last.gain_unknown
    days = [f"Nothing was published on {many(len(missing), 'day')}: {spans(missing)}." if missing else ""]
    stars = f"The stars gained are unknown for {unknown:,} of the repositories of {facts.last.day}." if unknown else ""
    return [
        *filter(None, (*days, stars)),
        "Trender searches for a part of GitHub only: for each language the repositories with the most stars and the "
        "young ones that rise, and the Render ecosystem.",
        "Stars that were taken back are not among those gained.",
    ]


def bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def day_link(day: date, words: str = "") -> str:
    return link(words or str(day), ranking_path(day))


def ranking_path(day: date) -> str:
    return f"/?at={day}"


def as_file(draft_title: str, draft_body: str) -> str:
    """The whole draft as a Markdown file: the title as its first heading."""
    return f"# {one_line(draft_title, LONGEST_NAME)}\n\n{draft_body.strip()}\n"
