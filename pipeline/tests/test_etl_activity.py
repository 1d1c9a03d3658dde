"""Commits, people and closed issues of the last seven days, out of what GitHub sent."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.etl.activity import author_key, count_closed_issues, count_commits

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
RECENT = "2026-11-20T10:00:00Z"


def commit(login=None, email=None, name=None, at=RECENT):
    return {"committedDate": at, "author": person(login, email, name)}


def person(login=None, email=None, name=None):
    return {"name": name, "email": email, "user": {"login": login} if login else None}


def metric(*nodes, **changes):
    return {"since": "", "total": len(nodes), "complete": True, "nodes": list(nodes)} | changes


# --- the window -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        ("2026-11-21T10:00:00Z", 1),
        ("2026-11-14T10:00:00Z", 1),
        ("2026-11-14T09:59:59Z", 0),
        ("2026-11-14T12:00:00+02:00", 1),
        ("2026-11-14T11:59:59+02:00", 0),
        ("2026-11-22T10:00:00Z", 1),  # a clock that is ahead by less than a day
        ("2026-11-22T10:00:01Z", 0),
        ("2027-11-20T10:00:00Z", 0),
        ("2026-11-20T10:00:00", 0),  # without a zone
        ("2026-11-20", 0),
        ("0001-01-01T00:00:00+23:59", 0),  # before the first moment there is in UTC
        ("9999-12-31T23:59:59-23:59", 0),
        ("yesterday", 0),
        ("", 0),
        ("2026-11-20T10:00:00Z" * 10, 0),
        (None, 0),
        (1_795_168_800, 0),
        (True, 0),
        ([], 0),
        ({}, 0),
    ],
)
def test_the_window_is_the_last_seven_days_to_the_second(moment, counts):
    assert count_commits(metric(commit("ann", at=moment)), NOW) == (counts, counts)
    assert count_closed_issues(metric({"number": 1, "closedAt": moment}), NOW) == counts


def test_an_issue_closed_long_ago_does_not_count_though_it_was_updated():
    issues = metric(
        {"number": 1, "closedAt": "2020-01-01T00:00:00Z", "updatedAt": RECENT}, {"number": 2, "closedAt": RECENT}
    )
    assert count_closed_issues(issues, NOW) == 1


def test_a_quiet_week_is_zero_and_not_unknown():
    assert count_commits(metric(), NOW) == (0, 0)
    assert count_closed_issues(metric(), NOW) == 0


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "key"),
    [
        (person("Ann", "ann@example.org", "Ann Lee"), "login:ann"),
        (person(None, "Ann@Example.org", "Ann Lee"), "email:ann@example.org"),
        (person(None, None, "Ann Lee"), "name:Ann Lee"),
        (person(None, "", "Ann Lee"), "name:Ann Lee"),
        (person(None, " ", " Ann Lee "), "name:Ann Lee"),
        (person("  ", "ann@example.org"), "email:ann@example.org"),
        (person(), None),
        (person(None, "", ""), None),
        (None, None),
    ],
)
def test_an_author_is_known_by_login_else_by_address_else_by_name(author, key):
    assert author_key(author) == key


@pytest.mark.parametrize(
    ("commits", "people"),
    [
        ([commit("ann"), commit("ann")], 1),
        ([commit("ann"), commit("Ann"), commit("ANN")], 1),
        ([commit("ann", "one@example.org"), commit("ann", "two@example.org")], 1),
        ([commit("ann", "shared@example.org"), commit("ben", "shared@example.org")], 2),
        ([commit(None, "ann@example.org"), commit(None, "ANN@example.org", "Ann")], 1),
        ([commit(None, "ann@example.org", "Ann"), commit(None, "ben@example.org", "Ann")], 2),
        ([commit(None, None, "Ann"), commit(None, None, "Ben")], 2),
        ([commit("ann"), commit("dependabot[bot]"), commit(None, None, "renovate[bot]")], 1),
        ([commit("ann"), {"committedDate": RECENT, "author": None}, {"committedDate": RECENT}], 1),
        ([commit("old", at="2026-01-01T00:00:00Z"), commit("ann")], 1),
    ],
)
def test_people_are_counted_once(commits, people):
    assert count_commits(metric(*commits), NOW)[1] == people


def test_commits_of_bots_and_of_nobody_are_commits():
    found = count_commits(metric(commit("renovate[bot]"), {"committedDate": RECENT, "author": None}), NOW)
    assert found == (2, 0)


@pytest.mark.parametrize(
    "author",
    [
        person("dependabot[bot]"),
        person("Dependabot[Bot]"),
        person("dependabot"),
        person("GitHub-Actions"),
        person("renovate-bot"),
        person("some-new-helper[bot]"),
        person(None, None, "dependabot[bot]"),
        person(None, "who@example.org", "renovate[bot] "),
        person(None, "49699333+dependabot[bot]@users.noreply.github.com"),
        person(None, "49699333+Dependabot[BOT]@users.noreply.github.com", "Dependabot"),
        person("ann", "49699333+dependabot[bot]@users.noreply.github.com", "Ann"),
    ],
)
def test_bots_are_known_by_login_name_or_address(author):
    assert author_key(author) is None


@pytest.mark.parametrize(
    "author",
    [
        person("abbott"),
        person("botond"),
        person("robot"),
        person("bot"),
        person("talbot", "talbot@example.org", "Jane Talbot"),
        person(None, "bot@example.org", "Bot Jansen"),
        person(None, "a@bot.example.org"),
        person(None, None, "[bot] Jansen"),
        person("dependabot-fan"),
    ],
)
def test_people_whose_name_holds_the_word_bot_are_people(author):
    assert author_key(author) is not None


@pytest.mark.parametrize(
    "author",
    [
        [],
        "ann",
        7,
        True,
        {},
        {"name": ["Ann"], "email": {"a": 1}, "user": None},
        {"name": 7, "email": 7, "user": {"login": 7}},
        {"name": None, "email": None, "user": "ann"},
        {"name": None, "email": None, "user": []},
        {"name": None, "email": None, "user": {"login": ["ann"]}},
        {"name": None, "email": None, "user": {"login": True}},
        {"name": True, "email": False, "user": {}},
    ],
    ids=repr,
)
def test_an_author_of_wrong_types_is_nobody(author):
    assert author_key(author) is None


# --- what can't be counted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [None, [], "nodes", 7, True, {}, {"nodes": None}, {"nodes": {}}, {"nodes": "x"}, {"nodes": 3}, {"total": 5}],
    ids=repr,
)
def test_a_metric_without_a_list_is_unknown(wrong):
    assert count_commits(wrong, NOW) == (None, None)
    assert count_closed_issues(wrong, NOW) is None


def test_entries_that_are_no_objects_do_not_count():
    assert count_commits(metric(None, 1, "x", [], commit("ann")), NOW) == (1, 1)
    assert count_closed_issues(metric(None, 1, "x", [], {"closedAt": RECENT}), NOW) == 1


def test_of_an_incomplete_history_the_total_is_known_and_the_people_are_not():
    assert count_commits(metric(commit("ann"), total=4000, complete=False), NOW) == (4000, None)


@pytest.mark.parametrize("total", [None, "4000", 4000.0, True, -1, 2**31, 10**17, [], {}])
def test_an_incomplete_history_with_a_wrong_total_is_unknown(total):
    assert count_commits(metric(commit("ann"), total=total, complete=False), NOW) == (None, None)


def test_closed_issues_of_an_incomplete_list_are_unknown():
    assert count_closed_issues(metric({"closedAt": RECENT}, total=4000, complete=False), NOW) is None


@pytest.mark.parametrize("complete", [False, None, 0, "", []])
def test_only_a_list_that_is_said_to_be_whole_is_counted(complete):
    assert count_commits(metric(commit("ann"), complete=complete), NOW)[1] is None
    assert count_closed_issues(metric({"closedAt": RECENT}, complete=complete), NOW) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just(RECENT),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["nodes", "total", "complete", "author", "user", "login", "closedAt", "committedDate"]),
            inner,
        )
    ),
)


@given(found=json_values)
def test_no_metric_raises_and_no_count_is_out_of_range(found):
    counts = (*count_commits(found, NOW), count_closed_issues(found, NOW))
    assert all(count is None or (type(count) is int and 0 <= count < 2**31) for count in counts)


@given(
    nodes=st.lists(
        st.builds(
            commit,
            st.none() | st.sampled_from(["ann", "Ann", "x[bot]"]),
            st.none() | st.sampled_from(["a@b.c", "A@b.c"]),
            st.none() | st.text(max_size=3),
        )
    )
)
def test_there_are_never_more_people_than_commits(nodes):
    commits, people = count_commits(metric(*nodes), NOW)
    assert commits == len(nodes)
    assert 0 <= people <= commits
