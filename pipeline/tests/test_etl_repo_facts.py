"""A repository's facts, whoever said them and however wrongly."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.etl.repo_facts import InvalidRepo, RepoFacts, parse_moment, read_repo

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
REST = {
    "id": 7,
    "full_name": "acme/tool",
    "html_url": "https://github.com/acme/tool",
    "description": "A tool",
    "language": "Python",
    "stargazers_count": 1000,
    "forks_count": 5,
    "open_issues_count": 12,
    "created_at": "2025-11-21T00:00:00Z",
    "updated_at": "2026-11-21T09:00:00Z",
    "pushed_at": "2026-11-20T08:00:00Z",
    "topics": ["render", "cli"],
    "private": False,
}
GRAPHQL = {
    "databaseId": 7,
    "nameWithOwner": "acme/tool",
    "url": "https://github.com/acme/tool",
    "description": "A tool",
    "primaryLanguage": {"name": "Python"},
    "stargazerCount": 1000,
    "forkCount": 5,
    "openIssues": {"totalCount": 9},
    "openPullRequests": {"totalCount": 3},
    "createdAt": "2025-11-21T00:00:00Z",
    "updatedAt": "2026-11-21T09:00:00Z",
    "pushedAt": "2026-11-20T08:00:00Z",
    "repositoryTopics": {"nodes": [{"topic": {"name": "render"}}, {"topic": {"name": "cli"}}]},
    "isPrivate": False,
}
FACTS = RepoFacts(
    github_id=7,
    full_name="acme/tool",
    url="https://github.com/acme/tool",
    language="Python",
    description="A tool",
    stars=1000,
    forks=5,
    open_issues=12,
    created_at=datetime(2025, 11, 21, tzinfo=UTC),
    updated_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
    pushed_at=datetime(2026, 11, 20, 8, tzinfo=UTC),
    topics=("render", "cli"),
    unknown=frozenset(),
)
MISSING = object()


def changed(payload, **changes):
    return {key: value for key, value in (payload | changes).items() if value is not MISSING}


def rest(**changes):
    return read_repo(changed(REST, **changes), NOW)


def graphql(**changes):
    return read_repo(changed(GRAPHQL, **changes), NOW)


def test_both_shapes_give_the_same_facts():
    assert rest() == FACTS
    assert graphql() == FACTS
    assert FACTS.owner == "acme"


# --- what must be known -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [None, [], "acme/tool", 7, True, [REST]], ids=repr)
def test_a_payload_that_is_no_object_is_rejected(payload):
    with pytest.raises(InvalidRepo, match="the payload is not an object"):
        read_repo(payload, NOW)


WRONG_COUNTS = [MISSING, None, True, False, "1000", 10.0, -1, 10**17, [], {}]


@pytest.mark.parametrize("github_id", [MISSING, None, True, "7", 7.0, 0, -7, 2**63, [], {}], ids=repr)
def test_a_repository_without_a_true_id_is_rejected(github_id):
    with pytest.raises(InvalidRepo, match="the id is not a positive number"):
        rest(id=github_id)
    with pytest.raises(InvalidRepo, match="the id is not a positive number"):
        graphql(databaseId=github_id)


@pytest.mark.parametrize("stars", [*WRONG_COUNTS, 2**31], ids=repr)
def test_a_repository_without_a_number_of_stars_is_rejected(stars):
    with pytest.raises(InvalidRepo, match="the number of stars is not a number"):
        rest(stargazers_count=stars)
    with pytest.raises(InvalidRepo, match="the number of stars is not a number"):
        graphql(stargazerCount=stars)


@pytest.mark.parametrize("stars", [0, 1, 2**31 - 1])
def test_stars_may_be_any_number_that_the_table_can_hold(stars):
    assert rest(stargazers_count=stars).stars == graphql(stargazerCount=stars).stars == stars


@pytest.mark.parametrize(
    "name",
    ["acme/tool", "Acme-Co/next.js", "a/b", "acme/.github", "acme/-x", "acme/...", "acme/a..b", "x_y/_", "a/b.c-d_e"],
)
def test_names_as_github_allows_them_are_taken(name):
    assert rest(full_name=name, html_url=None).full_name == name
    assert graphql(nameWithOwner=name, url=None).url == f"https://github.com/{name}"


@pytest.mark.parametrize(
    "name",
    [
        MISSING, None, 7, True, [], {}, "", "/", "acme", "acme/", "/tool", "a/b/c", "../x", "./x", "acme/..", "acme/.",
        "-x/y", ".x/y", "_x/y", "acme /tool", "acme/to ol", " acme/tool", "acme/tool ", "acme/tool\n", "acme\n/tool",
        "acme/tool\x00", "acme/tool?x", "acme/tool#x", "acme/tool%2f", "acme\\tool", "ácme/tool", "acme/töol",
        "acme/<b>", "acme/'x", "＠acme/tool", "a" * 300, "a/" + "b" * 300, "a" * 300 + "/b", "a/" + "b" * 101,
    ],
    ids=lambda name: repr(name)[:30],
)  # fmt: skip
def test_hostile_names_are_rejected(name):
    with pytest.raises(InvalidRepo, match="the name is not of the form owner/name"):
        rest(full_name=name)
    with pytest.raises(InvalidRepo):
        graphql(nameWithOwner=name)


@pytest.mark.parametrize("private", [True, "true", 1, "no", [1]])
def test_a_private_repository_is_rejected(private):
    with pytest.raises(InvalidRepo, match="the repository is private"):
        rest(private=private)
    with pytest.raises(InvalidRepo, match="the repository is private"):
        graphql(isPrivate=private)


@pytest.mark.parametrize("private", [MISSING, None, False])
def test_a_repository_that_is_not_said_to_be_private_is_public(private):
    assert rest(private=private).github_id == graphql(isPrivate=private).github_id == 7


# --- what may be unknown ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [*WRONG_COUNTS, 2**31], ids=repr)
def test_a_wrong_count_is_unknown(value):
    found = rest(forks_count=value, open_issues_count=value)
    assert (found.forks, found.open_issues, found.unknown) == (None, None, {"forks", "open_issues"})
    assert graphql(forkCount=value).unknown == {"forks"}


@pytest.mark.parametrize("name", ["openIssues", "openPullRequests"])
@pytest.mark.parametrize(
    "value",
    [MISSING, None, [], "9", 9, True, {}, *({"totalCount": count} for count in (None, "9", 9.0, True, -1, 2**31, []))],
    ids=repr,
)
def test_open_issues_are_unknown_unless_both_of_their_counts_are_known(name, value):
    found = graphql(**{name: value})
    assert (found.open_issues, found.unknown) == (None, {"open_issues"})


MOMENTS = {
    "2026-11-21T10:00:00Z": datetime(2026, 11, 21, 10, tzinfo=UTC),
    "2026-11-21T12:00:00+02:00": datetime(2026, 11, 21, 10, tzinfo=UTC),
    "2026-11-22T10:00:00Z": datetime(2026, 11, 22, 10, tzinfo=UTC),
    "2007-10-29T14:37:16Z": datetime(2007, 10, 29, 14, 37, 16, tzinfo=UTC),
}


@pytest.mark.parametrize(("value", "moment"), MOMENTS.items())
def test_a_moment_is_read_in_utc(value, moment):
    assert rest(created_at=value, updated_at=value, pushed_at=value).created_at == moment
    assert graphql(pushedAt=value).pushed_at == moment


@pytest.mark.parametrize(
    "value",
    [
        MISSING, None, True, 1_795_168_800, 1.5, [], {}, "", "yesterday", "2026-11-21", "2026-11-21T10:00:00",
        "2026-11-22T10:00:01Z", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2006-12-31T23:59:59Z",
        "2026-13-01T00:00:00Z", "2026-11-21T10:00:00Z\x00", "2026-11-21T10:00:00+99:99", "٢٠٢٦-11-21T10:00:00Z",
        "\ud800", "2026-11-21T10:00:00Z" + " " * 30,
    ],
    ids=repr,
)  # fmt: skip
def test_a_moment_that_can_not_be_is_unknown(value):
    found = rest(created_at=value, updated_at=value, pushed_at=value)
    assert (found.created_at, found.updated_at, found.pushed_at) == (None, None, None)
    assert found.unknown == {"created_at", "updated_at", "pushed_at"}
    assert graphql(createdAt=value).unknown == {"created_at"}


@pytest.mark.parametrize(
    ("value", "description", "is_unknown"),
    [
        ("  A tool\n", "A tool", False),
        ("", None, False),
        (" \t ", None, False),
        (None, None, False),
        ("x" * 20_000, "x" * 10_000, False),
        ("<script>alert(1)</script>", "<script>alert(1)</script>", False),
        ("=1+1 😀 \u202e", "=1+1 😀 \u202e", False),
        (MISSING, None, True),
        (7, None, True),
        (True, None, True),
        (["A tool"], None, True),
        ({}, None, True),
    ],
)
def test_a_description_may_be_none_but_not_something_else(value, description, is_unknown):
    for found in (rest(description=value), graphql(description=value)):
        assert found.description == description
        assert ("description" in found.unknown) is is_unknown


@pytest.mark.parametrize(
    ("value", "language", "is_unknown"),
    [
        ("C++", "C++", False),
        ("x" * 500, "x" * 100, False),
        (None, None, False),
        (MISSING, None, True),
        (7, None, True),
        (False, None, True),
        (["Python"], None, True),
    ],
)
def test_a_language_may_be_none_but_not_something_else(value, language, is_unknown):
    said = {"name": value} if value is not None else None
    for found in (rest(language=value), graphql(primaryLanguage=changed({}, **said) if said else None)):
        assert found.language == language
        assert ("language" in found.unknown) is is_unknown


@pytest.mark.parametrize("value", [MISSING, "Python", 7, True, [], ["name"], {}, {"name": 7}, {"title": "x"}], ids=repr)
def test_a_language_of_the_wrong_shape_is_unknown(value):
    found = graphql(primaryLanguage=value)
    assert (found.language, found.unknown) == (None, {"language"})


@pytest.mark.parametrize(
    ("value", "topics"),
    [
        (MISSING, ()),
        (None, ()),
        ("render", ()),
        (7, ()),
        ({"a": 1}, ()),
        ([], ()),
        (["a", None, 7, ["b"], {}, "c"], ("a", "c")),
        (["x" * 500], ("x" * 100,)),
        ([str(n) for n in range(90)], tuple(str(n) for n in range(50))),
    ],
)
def test_only_topics_that_are_texts_are_kept(value, topics):
    assert rest(topics=value).topics == topics
    nodes = [{"topic": {"name": topic}} for topic in value] if isinstance(value, list) else value
    assert graphql(repositoryTopics=changed({}, nodes=nodes)).topics == topics


@pytest.mark.parametrize(
    "value",
    [
        MISSING, None, "render", 7, True, [], ["x"], {"nodes": [None, 7, "x", [], {}]}, {"nodes": [{"topic": "x"}]},
        {"nodes": [{"topic": None}, {"topic": []}, {"topic": {"name": None}}]},
    ],
    ids=repr,
)  # fmt: skip
def test_topics_of_the_wrong_shape_are_none(value):
    assert graphql(repositoryTopics=value).topics == ()


@pytest.mark.parametrize("url", ["https://github.com/acme/tool", "http://ghe.example.org:8080/acme/tool?x=1#y"])
def test_a_plain_address_is_kept(url):
    assert rest(html_url=url).url == graphql(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        MISSING, None, 7, True, [], {}, "", "acme/tool", "//evil.example/x", "javascript:alert(1)",
        "JavaScript://github.com/%0aalert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://github.com/acme/tool",
        "https://", "https:///acme/tool", "https://:443/acme", "https://user:secret@github.com/acme/tool",
        "https://github.com@evil.example/", "https://gïthub.com/acme/tool", "https://github.com/acme/töol",
        "https://github.com/acme tool", "https://github.com/\nx", "https://github.com/x\n", " https://github.com/x",
        'https://github.com/"onclick="x', "https://github.com/<b>", "https://github.com\\@evil.example/",
        "https://github.com/\x00", "https://github.com/\x01", "https://github.com/\x7f", "http://[", "http://[::1",
        "http://]/", "https://[github.com]/x", "https://github.com/" + "x" * 500,
    ],
    ids=lambda url: repr(url)[:50],
)  # fmt: skip
def test_any_other_address_gives_way_to_the_one_that_follows_from_the_name(url):
    assert rest(html_url=url).url == "https://github.com/acme/tool"
    assert graphql(url=url).url == "https://github.com/acme/tool"


# --- properties -------------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "nodes", "topic", "totalCount"]) | st.text(max_size=5), inner)
    ),
)


def payloads(valid):
    """A valid payload, some of whose values are anything."""
    return st.dictionaries(st.sampled_from(sorted(valid)), json_values).map(lambda changes: valid | changes)


@given(payload=payloads(REST) | payloads(GRAPHQL) | json_values)
def test_whatever_is_said_is_staged_in_range_or_rejected(payload):
    try:
        facts = read_repo(payload, NOW)
    except InvalidRepo:
        return
    assert 0 < facts.github_id < 2**63
    for count in (facts.stars, facts.forks, facts.open_issues):
        assert count is None or (type(count) is int and 0 <= count < 2**31)
    assert facts.url.startswith(("https://", "http://"))
    assert len(facts.url) <= 500
    assert facts.language is None or 0 < len(facts.language) <= 100


@given(value=st.text(max_size=45) | st.datetimes(timezones=st.timezones() | st.none()).map(datetime.isoformat))
def test_a_moment_never_raises_and_is_always_in_utc(value):
    moment = parse_moment(value)
    assert moment is None or moment.tzinfo is UTC
