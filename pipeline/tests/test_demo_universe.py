"""The made-up universe: what it holds, and that it depends on its arguments alone."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml

from pipeline.demo import search
from pipeline.demo.clock import Moment
from pipeline.demo.hostile import OWNER, SURROGATE
from pipeline.demo.names import EMPLOYEES, OFFICIAL_ORGS, PREFIX
from pipeline.demo.package_files import NEXT_16
from pipeline.demo.universe import Face, Universe, View

ANCHOR = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def universe() -> Universe:
    return Universe(anchor=ANCHOR, now=NOW)


@pytest.fixture(scope="module")
def view(universe: Universe) -> View:
    return View(universe.repositories, Moment.of(NOW))


def at(universe: Universe, days: int) -> View:
    return View(universe.repositories, Moment.of(NOW + timedelta(days=days)))


def story(face: Face) -> tuple[object, ...]:
    """What two universes must agree on about a repository."""
    commits = face.repository.work.commits(Moment(face.moment.day - 8), face.moment)
    issues = face.repository.work.closed_issues(Moment(face.moment.day - 8), face.moment)
    facts = (face.id, face.full_name, face.description, face.language, face.stars, face.forks, face.pushed)
    return (*facts, dict(face.files), commits, issues)


def asks_for_next_16(face: Face) -> bool:
    for path, text in face.files.items():
        if path.endswith("package.json") and face.language == "TypeScript" and face.name != "unparsed-package":
            package = json.loads(text)
            every = {**package.get("devDependencies", {}), **package["dependencies"]}
            if every.get("next") in NEXT_16:
                return True
    return False


def test_the_same_arguments_make_the_same_universe(view: View) -> None:
    again = Universe(anchor=ANCHOR, now=NOW).view()
    assert [story(face) for face in again.faces()] == [story(face) for face in view.faces()]


def test_another_seed_makes_another_universe(view: View) -> None:
    other = Universe(seed=7, anchor=ANCHOR, now=NOW).view()
    same = {face.full_name for face in other.faces()} & {face.full_name for face in view.faces()}
    assert len(same) < 40  # the hostile ones have fixed names


def test_a_moment_looks_the_same_from_every_later_now() -> None:
    later = Universe(anchor=ANCHOR, now=NOW + timedelta(days=90))
    assert sum(face.stars for face in later.view().faces()) > 0  # computes the later days first
    earlier = Universe(anchor=ANCHOR, now=NOW - timedelta(days=40))
    moment = Moment.of(NOW - timedelta(days=40))
    assert [story(face) for face in View(later.repositories, moment).faces()] == [
        story(face) for face in earlier.view().faces()
    ]


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_star_history_adds_up_to_the_difference_of_two_counts(universe: Universe, hour: int) -> None:
    end = Moment.of(NOW.replace(hour=hour))
    for repository in universe.repositories:
        start = Moment(max(end.day - 210 - end.day % 7, repository.created.day))
        weeks = [repository.stars.week(sunday, end) for sunday in repository.stars.sundays(end)[:31]]
        days = [gained for week in reversed(weeks) for gained in week["days"]]
        since_start = days[start.day - (end.day - end.day % 7 - 7 * (len(weeks) - 1)) :]
        assert sum(since_start) == repository.stars.at(end) - repository.stars.at(start)
        assert all(week["total"] == sum(week["days"]) for week in weeks)


def test_all_weeks_together_are_all_stars(view: View) -> None:
    for face in view.faces():
        life = face.repository.stars
        assert sum(life.week(sunday, view.moment)["total"] for sunday in life.sundays(view.moment)) == face.stars


def test_stars_never_fall(universe: Universe) -> None:
    moments = [Moment(ANCHOR.toordinal() - 450 + day, second) for day in range(0, 540, 9) for second in (0, 40_000)]
    for repository in universe.repositories[::20]:
        counts = [repository.stars.at(moment) for moment in moments]
        assert counts == sorted(counts)


def test_days_to_come_are_zero(view: View) -> None:
    face = max(view.faces(), key=lambda face: face.stars)
    newest = face.repository.stars.week(view.moment.day - 6, view.moment)
    assert newest["days"][6] > 0  # Saturday morning, so far
    saturday_before = Moment(view.moment.day - 4, 0)
    assert face.repository.stars.week(view.moment.day - 6, saturday_before)["days"][2:] == [0] * 5


def test_it_has_the_repositories_that_the_streams_look_for(view: View) -> None:
    month, half_year = (f"{(NOW - timedelta(days=days)).date()}" for days in (30, 180))
    for language in ("Python", "TypeScript", "Go"):
        established = search.repositories(view, f"language:{language} pushed:>={month}")
        rising = search.repositories(view, f"language:{language} created:>={half_year}")
        if language == "TypeScript":
            established, rising = filter(asks_for_next_16, established), filter(asks_for_next_16, rising)
        assert len(list(established)) >= 100, language
        assert len(list(rising)) >= 30, language
    assert 430 <= len(view.existing) <= 480
    assert sum(map(asks_for_next_16, view.faces())) >= 110


def test_every_owner_is_one_that_github_cannot_have(view: View) -> None:
    assert all(face.owner.startswith(PREFIX) for face in view.faces())
    assert len({face.full_name.lower() for face in view.faces()}) == len(view.existing)


def test_every_description_is_different(view: View) -> None:
    described = Counter(face.description for face in view.faces() if face.description)
    assert described.most_common(1)[0][1] == 1


def test_stars_reach_from_a_handful_to_a_hundred_thousand(view: View) -> None:
    stars = sorted(face.stars for face in view.faces())
    assert stars[0] >= 3
    assert 100_000 < stars[-1] < 130_000
    assert 300 < stars[len(stars) // 2] < 3000


def test_render_projects_come_in_every_category_and_language(view: View) -> None:
    with_file = [face for face in view.faces() if "render.yaml" in face.files]
    assert len(with_file) >= 70
    assert len(view.owned_by(OFFICIAL_ORGS[0])) >= 5
    assert len(view.owned_by(OFFICIAL_ORGS[1])) >= 10
    assert all(len(view.owned_by(login)) >= 3 for login in EMPLOYEES)
    buttons = [face for face in with_file if "https://render.com/deploy" in face.readme]
    assert len(buttons) >= 20
    assert {"Ruby", "JavaScript", "Rust", "Elixir", "Python", "TypeScript", "Go", "PHP", None} <= {
        face.language for face in with_file
    }


def test_every_ordinary_render_yaml_is_a_blueprint(view: View) -> None:
    types, keys = set(), set()
    for face in view.faces():
        if "render.yaml" in face.files and face.owner != OWNER:
            blueprint = yaml.safe_load(face.files["render.yaml"])
            keys |= set(blueprint)
            types |= {service["type"] for service in blueprint.get("services", [])}
            assert blueprint.get("services") or blueprint["projects"][0]["environments"][0]["services"]
    assert types == {"web", "worker", "cron", "pserv", "keyvalue", "redis"}
    assert keys == {"services", "databases", "projects", "previews", "envVarGroups"}


def test_history_is_visible_in_the_weeks_before_the_anchor(universe: Universe, view: View) -> None:
    before = at(universe, -45)
    both = [(before.face(number), view.face(number)) for number in before.existing]
    lived = [(old, new) for old, new in both if old and new]
    assert sum(old.full_name != new.full_name for old, new in lived) == 3
    assert sum(old.description != new.description for old, new in lived) == 6
    assert sum(old.language != new.language for old, new in lived) == 2
    assert sum("render.yaml" not in old.files and "render.yaml" in new.files for old, new in lived) == 5
    assert sum("render.yaml" in old.files and "render.yaml" not in new.files for old, new in lived) == 2
    assert sum(new is None for _, new in both) == 1
    assert sum(face.repository.created > before.moment and face.stars > 300 for face in view.faces()) >= 5


def test_it_goes_on_living_after_the_anchor(universe: Universe, view: View) -> None:
    later = at(universe, 40)
    assert len(later.existing) > len(view.existing)
    assert all(later.face(number).stars >= face.stars for number, face in view._faces.items())
    pushed = [face for face in later.faces() if face.pushed and face.pushed.day > later.moment.day - 7]
    assert len(pushed) > 300


def test_commits_have_people_bots_and_authors_without_a_login(view: View) -> None:
    since = Moment(view.moment.day - 7)
    authors = [c["author"] for face in view.faces() for _, c in face.repository.work.commits(since, view.moment)]
    kinds = Counter((author["name"].endswith("[bot]"), author["user"] is None) for author in authors)
    assert kinds[(False, False)] > kinds[(True, True)] > 50
    assert kinds[(False, True)] > 50
    assert kinds[(True, False)] == 0
    assert any(author["email"] == "49699333+dependabot[bot]@users.noreply.github.com" for author in authors)


def test_pushed_at_is_the_newest_commit(view: View) -> None:
    face = next(iter(view.faces()))
    commits = face.repository.work.commits(Moment(view.moment.day - 30), view.moment)
    assert [made for made, _ in commits] == sorted((made for made, _ in commits), reverse=True)
    assert face.pushed == commits[0][0]


def test_some_issues_were_closed_before_they_were_last_touched(view: View) -> None:
    since = Moment(view.moment.day - 7)
    issues = [issue for face in view.faces() for issue in face.repository.work.closed_issues(since, view.moment)]
    assert all(since <= issue.updated <= view.moment for issue in issues)
    assert 0 < sum(issue.closed < since for issue in issues) < len(issues) / 2


def test_the_difficult_ones_are_there(view: View) -> None:
    odd = {face.name: face for face in [*view.owned_by(OWNER), *view.owned_by(OFFICIAL_ORGS[1])]}
    assert "<script>" in odd["markup-parser"].description
    assert odd["sheet-reader"].description.startswith("=HYPERLINK(")
    assert "\u202e" in odd["archive-peek"].description
    assert "\u200d" in odd["glyphs.and_marks"].description
    assert len(odd["every-format"].description) > 300
    assert "\x00" in odd["nul-service"].description
    assert "\x00" in odd["nul-blueprint"].files["render.yaml"]
    assert "\x00" in odd["nul-blueprint"].readme
    assert odd["half-emoji-cache"].description == SURROGATE
    assert odd["laughing-blueprint"].files["render.yaml"].count("*a") > 60
    assert odd["bottomless-blueprint"].files["render.yaml"] == "[" * 100_000
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(odd["unparsed-package"].files["package.json"])
    assert odd["not-yet-begun"].repository.empty
    assert (odd["bare-bones"].description, odd["bare-bones"].language, odd["bare-bones"].pushed) == (None, None, None)
    assert "heroku.com/deploy" in odd["button-for-others"].readme
    assert "deploy/render.yaml" in odd["folder-blueprint"].files
    assert "docs.render.com/deploy-" in odd["thankful-library"].readme


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("language:Go stars:>=5", lambda face: face.language == "Go" and face.stars >= 5),
        ("language:PHP", lambda face: face.language == "PHP"),
        ("created:>2026-11-01", lambda face: face.repository.created.iso >= "2026-11-02"),
        ("created:2026-10-01..2026-11-01", lambda face: "2026-10-01" <= face.repository.created.iso < "2026-11-02"),
        ("pushed:<2026-11-01", lambda face: bool(face.pushed) and face.pushed.iso < "2026-11-01"),
        ("stars:10..20", lambda face: 10 <= face.stars <= 20),
        ("stars:*..20", lambda face: face.stars <= 20),
        ("topic:render-blueprints", lambda face: "render-blueprints" in face.topics),
        ("topic:render -topic:render-examples", lambda face: face.topics[:1] == ("render",) and len(face.topics) == 2),
        ("archived:true", lambda face: face.repository.archived),
        ("archived:false topic:render-deploy", lambda face: "render-deploy" in face.topics),
        ("fork:only", lambda face: face.repository.fork),
        ("user:demo--employee-one user:demo--employee-two", lambda face: face.owner in EMPLOYEES),
        ("org:DEMO--RENDER", lambda face: face.owner == OFFICIAL_ORGS[0]),
        ('"render.com/deploy" in:readme', lambda face: "render.com/deploy" in face.readme),
        ("half-emoji", lambda face: face.name == "half-emoji-cache"),
    ],
)
def test_search_understands(view: View, words: str, expected) -> None:
    hits = search.repositories(view, words)
    forks = "fork:" in words
    wanted = {face.id for face in view.faces() if expected(face) and (forks or not face.repository.fork)}
    assert wanted
    assert {face.id for face in hits} == wanted
    assert [face.stars for face in hits] == sorted((face.stars for face in hits), reverse=True)


@pytest.mark.parametrize("words", ["", "stars:many", "pushed:>yesterday", "org:demo--nobody-at-all"])
def test_search_refuses(view: View, words: str) -> None:
    with pytest.raises(search.SearchError):
        search.repositories(view, words)
