"""Does a package.json ask for Next.js 16 or newer? Every way npm writes a version."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detection.nextjs import Verdict, combine, next_verdict, version_verdict, workspace_manifests

YES = [
    *("16", "16.x", "16.x.x", "16.*", "16.0", "16.0.0", "17", "100.2.3"),
    *("v16", "v16.1", "=16.0.0", "= 16.0.0", "=v16.0.0"),
    *("^16", "^16.0.0", "^ 16", "^v16.0.0", "^16.x", "~16", "~16.2", "~ 16.2.1", "~>16.0.0", "~> 16"),
    *(">=16", ">= 16", ">=14", ">15", "> 15", ">15.5", ">15.9.9", ">=13.0.0", "<=16", "<= 16.0.0", "<17", "<16.0.1"),
    *("*", "", "   ", "x", "X", "x.x", "*.*", "^*", "~x", ">=x", "<=*", ">=0.0.0"),
    *("latest", "next", "canary", "rc", "beta", " latest "),
    *(
        "16.3.0-canary.97",
        "^16.0.0-rc.0",
        ">=16.0.0-0",
        ">16.0.0-rc.1 <16.0.0",
        "16.0.0-beta.1+build.5",
        "^16.0.0-canary",
    ),
    *("16.0.0+build", "^16.0.0+sha.1", "16.0.0-rc.1+a.b-c"),
    *("15.0.0 - 17", "14 - 16", "15 - 16.x", "14.0.0  -  16.0.0", "16.0.0 - 16.0.1", "15 - *", "v15 - v16"),
    *("^15 || ^16", "15||16", "^15||^16||^17", "||", "^15 ||", "|| ^15", "^13 || >=16 <17"),
    *(">=14 <17", ">=14\t<17", ">= 14  < 17", ">=15.0.0 <=16.0.0", ">15 <16.0.1", ">=16.1.1 <16.1.2", "\n^16\n"),
    *("npm:next@^16", "npm:next@16.0.0", "npm:next", "npm:next@", "npm:next@latest", "npm:next@*", "npm:^16.0.0"),
    *(" npm:next@^16 ", "npm:next@^15 || ^16"),
]

NO = [
    *("15", "15.x", "13", "13.5", "^15.0.0", "^15.0.0-rc.0", "~15.5", "~>15.5", "15.9.9", "v15", "=15.4.1", "^ 15"),
    *("9.1.1", "0.1", "^0", "^0.16.0", "^0.0.16", "~0.16", "0.16.0", "1.16", "^1.16.16", "0"),
    *("^13 || ^14 || ^15", "13||14||15", ">=14 <16", ">15 <16", ">=14 <16.0.0-0", ">= 14 < 16", "<16", "< 16", "<=15"),
    *("<16.0.0", "13.4.8-canary.13", "15.0.0-rc.16", "15.2.0+16", "15 - 15.9", "14.0.0 - 15.x", "13 - 14 || 15"),
    *(">=17 <16", ">16 <16.0.0", "<*", ">x", "^15 <*", "15.16.17"),
    *(
        "npm:other-package@16",
        "npm:@scope/next@16",
        "npm:@hiogawa/react-server-next@latest",
        "npm:next@^15",
        "npm:nextra",
    ),
    *("npm:next-themes@16", "npm:^15.0.0", "npm:15"),
]

UNKNOWN = [
    *("workspace:*", "workspace:^", "workspace:^16.0.0", "catalog:", "catalog:web", "catalog:next16"),
    *("git+https://github.com/vercel/next.js.git", "git+ssh://git@github.com/vercel/next.js.git#v16.0.0"),
    *("github:vercel/next.js", "vercel/next.js", "vercel/next.js#v16.0.0", "https://example.org/next-16.0.0.tgz"),
    *("file:../next", "link:../next", "portal:../next", "../next", "patch:next@npm%3A16.0.0#./p.patch", "jsr:@a/next"),
    *("<%= nextVersion %>", "{{ next }}", "${NEXT_VERSION}", "$NEXT", "__NEXT__"),
    *("experimental", "next-11", "backport", "stable", "Latest", "16-canary", "16+build", "sixteen"),
    *(
        "016",
        "16.0.0.0",
        "16.",
        ".16",
        "16.0.0-",
        "16.0.0-01",
        "^",
        ">=",
        ">",
        "=>16",
        "^16, <17",
        "16,17",
        "16 -17",
        "v 16",
    ),
    *("99999999999999999999", "npm:", "npm:@", "npm:next@workspace:*", "npm:npm:next@16", "npm:next@next@16"),
    *("1" * 501, "^16 ||" * 100, "16\x00", "１６"),
    *(None, True, 16, 16.0, [], ["16"], {}, {"version": "16"}),
]


@pytest.mark.parametrize("spec", YES)
def test_a_version_that_admits_sixteen_is_a_yes(spec):
    assert version_verdict(spec).answer == "yes"


@pytest.mark.parametrize("spec", NO)
def test_a_version_that_stays_below_sixteen_is_a_no(spec):
    assert version_verdict(spec).answer == "no"


@pytest.mark.parametrize("spec", UNKNOWN)
def test_a_version_that_cannot_be_known_is_unknown_and_never_old(spec):
    assert version_verdict(spec).answer == "unknown"


def test_a_verdict_carries_the_version_as_it_was_written():
    assert version_verdict("  ^16 ").spec == "  ^16 "
    assert version_verdict(16).spec is None
    assert version_verdict("x" * 2_000).spec == "x" * 500


# --- whole files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "answer"),
    [
        ({"dependencies": {"next": "^16.0.0"}}, "yes"),
        ({"devDependencies": {"next": "16"}}, "yes"),
        ({"dependencies": {"next": "^15"}, "devDependencies": {"next": "^16"}}, "yes"),
        ({"dependencies": {"next15": "npm:next@15", "next16": "npm:next@16"}}, "yes"),
        ({"dependencies": {"old": "npm:next@15"}}, "no"),
        ({"dependencies": {"next": "npm:other-package@16"}}, "no"),
        ({"dependencies": {"other": "npm:next-themes@16"}}, "no"),
        ({"dependencies": {"next": "^15"}}, "no"),
        ({"peerDependencies": {"next": "^16"}}, "no"),
        ({"optionalDependencies": {"next": "^16"}}, "no"),
        ({"dependencies": {"next-themes": "16", "eslint-config-next": "16", "i18next": "16", "Next": "16"}}, "no"),
        ({"devDependencies": {"@next/eslint-plugin-next": "16"}}, "no"),
        ({"next": "16"}, "no"),
        ({}, "no"),
        ({"dependencies": None, "devDependencies": {}}, "no"),
        ({"dependencies": {"next": "workspace:*"}}, "unknown"),
        ({"dependencies": {"next": "catalog:"}, "devDependencies": {"next": "^15"}}, "unknown"),
        ({"dependencies": {"next": None}}, "unknown"),
        ({"dependencies": ["next"]}, "unknown"),
        ({"dependencies": "next"}, "unknown"),
        ({"dependencies": [], "devDependencies": {"next": "16"}}, "yes"),
        ([], "unknown"),
        ("next", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_package_json_is_judged_by_what_it_installs(manifest, answer):
    assert next_verdict(json.dumps(manifest)).answer == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"dependencies": {"next": "16",}}',
        '// a comment\n{"dependencies": {"next": "16"}}',
        '{"dependencies": {"next": <%= version %>}}',
        "[" * 100_000,
        '{"dependencies": {"next": NaN}}',
    ],
)
def test_a_package_json_that_cannot_be_read_is_unknown_with_its_reason(text):
    verdict = next_verdict(text)
    assert verdict.answer == "unknown"
    assert verdict.reason.startswith("package.json cannot be read: ")


def test_no_package_json_is_a_no_that_says_so():
    assert next_verdict(None) == Verdict("no", "There is no package.json.")


def test_a_byte_order_mark_is_passed_over():
    assert next_verdict('\ufeff{"dependencies": {"next": "16"}}').answer == "yes"


def test_the_verdict_of_a_file_names_the_version():
    assert next_verdict('{"dependencies": {"next": "^16.1.0"}}').spec == "^16.1.0"


# --- several files ----------------------------------------------------------------------------------------------------

A_YES, AN_UNKNOWN, A_NO = Verdict("yes", "y"), Verdict("unknown", "u"), Verdict("no", "n")


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        ([A_NO, AN_UNKNOWN, A_YES], A_YES),
        ([A_NO, AN_UNKNOWN], AN_UNKNOWN),
        ([A_NO], A_NO),
        ([Verdict("yes", "first"), A_YES], Verdict("yes", "first")),
        ([], Verdict("no", "There is no package.json.")),
    ],
)
def test_yes_beats_unknown_beats_no(verdicts, result):
    assert combine(iter(verdicts)) == result


def test_workspace_manifests_come_likeliest_first():
    root = {"docs": "tree", "web": "tree", "app": "blob", "src": "tree", "apps": "tree", "packages": "tree"}
    listings = {"packages": ["utils", "docs"], "apps": ["api", "Web", "admin"], "elsewhere": ["web"]}
    assert workspace_manifests(root, listings) == (
        "web/package.json",
        "docs/package.json",
        "apps/Web/package.json",
        "apps/admin/package.json",
        "apps/api/package.json",
        "packages/docs/package.json",
        "packages/utils/package.json",
    )


def test_at_most_twelve_manifests_are_named():
    assert len(workspace_manifests({"web": "tree"}, {"apps": [f"app{n}" for n in range(100)]})) == 12


def test_folder_names_that_would_lead_elsewhere_are_left_out():
    assert workspace_manifests({}, {"apps": ["..", ".", "", "a/b", "../web"]}) == ()


def test_a_repository_without_telling_folders_has_no_further_manifests():
    assert workspace_manifests({"src": "tree"}, {}) == ()


# --- properties -------------------------------------------------------------------------------------------------------

spec_like = st.text("0123456789.xX*^~<>=v-| \t@:npmexrcabt+", max_size=60)


@given(st.text() | spec_like | spec_like.map("npm:next@".__add__))
def test_judging_a_version_never_raises_whatever_the_text(spec):
    assert version_verdict(spec).answer in {"yes", "no", "unknown"}


sections = st.none() | st.text() | st.dictionaries(st.sampled_from(["next", "other"]), spec_like | st.integers())
manifests = st.dictionaries(st.sampled_from(["dependencies", "devDependencies", "x"]), sections).map(json.dumps)


@given(st.text() | manifests)
def test_judging_a_file_never_raises_whatever_the_text(text):
    assert next_verdict(text).answer in {"yes", "no", "unknown"}


@given(st.integers(0, 40), st.integers(0, 30), st.integers(0, 30), st.sampled_from(["", "^", "~", "=", "v"]))
def test_a_plain_version_is_a_yes_exactly_from_sixteen_on(major, minor, patch, prefix):
    assert (version_verdict(f"{prefix}{major}.{minor}.{patch}").answer == "yes") == (major >= 16)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_range_between_two_majors_is_a_yes_exactly_when_something_from_sixteen_on_lies_inside(low, high):
    admits = high > low and high > 16
    assert (version_verdict(f">={low} <{high}").answer == "yes") == admits


@given(
    st.lists(st.sampled_from(["^13", "^15.1", "~14.2", "16", ">=17", "15.0.0 - 15.2.0", "<12"]), min_size=1, max_size=5)
)
def test_an_alternative_is_a_yes_exactly_when_one_of_its_parts_is(parts):
    expected = any(version_verdict(part).answer == "yes" for part in parts)
    assert (version_verdict(" || ".join(parts)).answer == "yes") == expected
