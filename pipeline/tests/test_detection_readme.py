"""Whether a README has a button that deploys to Render, and how much it explains."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detection.readme import is_deploy_url, read_readme

BUTTON = "https://render.com/deploy?repo=https://github.com/someone/something"
IMAGE = "https://render.com/images/deploy-to-render-button.svg"


@pytest.mark.parametrize(
    "text",
    [
        f"[![Deploy to Render]({IMAGE})]({BUTTON})",
        f"text before [Deploy]({BUTTON}) and after",
        f'[Deploy]({BUTTON} "Deploy")',
        f"[Deploy](<{BUTTON}>)",
        f"[![Deploy][image]][deploy]\n\n[image]: {IMAGE}\n[deploy]: {BUTTON}\n",
        f'<a href="{BUTTON}"><img src="{IMAGE}" alt="Deploy"></a>',
        f"<a target='_blank' HREF = '{BUTTON}'>Deploy</a>",
        f"<a href={BUTTON}>Deploy</a>",
        f"<a\n  class='x'\n  href='{BUTTON}'>",
        f".. image:: {IMAGE}\n   :target: {BUTTON}\n",
        f"`Deploy to Render <{BUTTON}>`_",
        f".. _deploy: {BUTTON}",
        f"<{BUTTON}>",
        f"`code` and [Deploy]({BUTTON}) and `more code`",
        f"```\ncode\n```\n[Deploy]({BUTTON})",
        f"```inline``` [Deploy]({BUTTON})",
        f"`<!--` opens a comment\n[Deploy]({BUTTON})",
        f"<!-- hidden --> [Deploy]({BUTTON})",
    ],
)
def test_a_link_to_the_deploy_page_is_a_button(text):
    found = read_readme(text)
    assert found.has_deploy_button
    assert found.deploy_button_url == BUTTON
    assert found.mentions_render


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[Deploy](https://docs.render.com/deploy-fastapi?utm_source=github&utm_medium=referral)",
        "[Guide](https://render.com/docs/deploy-flask)",
        "[x](https://render.com/deployments)",
        "[x](https://render.com/)",
        "[x](https://render.com.evil.example/deploy)",
        "[x](https://render.com@evil.example/deploy)",
        "[x](https://evil.example/deploy?u=https://render.com/deploy)",
        "[x](https://evil.example#https://render.com/deploy)",
        "[x](https://evilrender.com/deploy)",
        "[x](https://user@render.com/deploy)",
        "[x](https://render.com:8443/deploy)",
        "[x](https://render.com\\@evil.example/deploy)",
        "[x](javascript:https://render.com/deploy)",
        "[x](ftp://render.com/deploy)",
        "[x](//render.com/deploy)",
        "[x](https://[render.com/deploy)",
        "[![Vercel](https://vercel.com/button)](https://vercel.com/new/clone?repository-url=https://github.com/a/b)",
        "[![Heroku](https://www.herokucdn.com/deploy/button.svg)](https://heroku.com/deploy)",
        f"![Deploy to Render]({IMAGE})",
        "![Deploy [to] Render](https://render.com/deploy)",
        '<img src="https://render.com/deploy">',
        f"Go to {BUTTON} in your browser.",
        f"```md\n[Deploy]({BUTTON})\n```",
        f"~~~~\n[Deploy]({BUTTON})\n~~~\n[Deploy]({BUTTON})",
        f"`[Deploy]({BUTTON})`",
        f"``[Deploy]({BUTTON})``",
        f"<!-- [Deploy]({BUTTON}) -->",
        f"<!-- [Deploy]({BUTTON})",
        f"[Deploy]({BUTTON}{'x' * 500})",
    ],
)
def test_everything_else_is_no_button(text):
    found = read_readme(text)
    assert not found.has_deploy_button
    assert found.deploy_button_url is None


@pytest.mark.parametrize(
    ("url", "is_deploy"),
    [
        ("https://render.com/deploy", True),
        ("http://render.com/deploy", True),
        ("https://www.render.com/deploy/", True),
        ("HTTPS://RENDER.COM/deploy?repo=x", True),
        ("https://render.com/deploy/x#y", True),
        ("https://render.com/Deploy", False),
        ("https://render.com/deploy-me", False),
        ("https://app.render.com/deploy", False),
        ("https://render.com./deploy", False),
        ("https://render.com:/deploy", False),
        ("https://[::1/deploy", False),
        ("render.com/deploy", False),
        ("", False),
    ],
)
def test_a_deploy_url_has_exactly_that_host_and_path(url, is_deploy):
    assert is_deploy_url(url) is is_deploy


def test_the_first_button_is_taken_and_entities_in_it_are_resolved():
    text = '<a href="https://render.com/deploy?repo=a&amp;branch=b"></a> [second](https://render.com/deploy)'
    assert read_readme(text).deploy_button_url == "https://render.com/deploy?repo=a&branch=b"


def test_entities_cannot_smuggle_quotes_into_the_url():
    assert read_readme('<a href="https://render.com/deploy?&quot;onclick=x">').deploy_button_url is None


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("hosted on render.com", True),
        ("See https://dashboard.render.com/new.", True),
        ("https://my-app.onrender.com/", True),
        ("Render.com.", True),
        ("`render.com`", True),
        ("prerender.com", False),
        ("blender-render.com", False),
        ("render.community", False),
        ("render.com.evil.example", False),
        ("we render components", False),
        ("Deploy on Render", False),
    ],
)
def test_a_mention_is_an_address_of_render(text, mentions):
    assert read_readme(text).mentions_render is mentions


def test_only_the_first_half_megabyte_is_read():
    assert not read_readme("x" * (512 * 1024) + f"[Deploy]({BUTTON})").has_deploy_button


# --- documentation ----------------------------------------------------------------------------------------------------

RICH = "\n".join(
    [
        "# Project",
        "![badge](b) ![badge](c)",
        "A project that does one thing and explains in a sentence what that thing is.",
        *(
            f"## {title}\n{'Words about it. ' * 40}"
            for title in ("Install", "Usage", "Deploy", "Contributing", "License")
        ),
        *("```sh\nmake\n```" for _ in range(3)),
        *(f"- [link {n}](https://example.org/{n})" for n in range(10)),
        "| a | b |",
    ]
)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("", "0.0"),
        ("short", "0.0"),
        ("# Title", "0.3"),
        ("<h1 align='center'>Title</h1>", "0.3"),
        ("Title\n=====", "0.3"),
        ("## Installation", "0.8"),
        ("```\ncode\n```", "0.5"),
        ("This is a plain sentence which says what the project does.", "0.5"),
        ("[a](b) [c](d)", "0.2"),
        ("![a](b)", "0.4"),
        ("- a\n- b\n- c", "0.3"),
        ("x" * 400, "0.8"),
        (RICH, "10.0"),
        (RICH * 3, "10.0"),
    ],
)
def test_documentation_is_scored_by_what_a_reader_finds(text, score):
    assert read_readme(text).documentation_score == Decimal(score)


def test_headings_inside_code_do_not_count():
    assert read_readme("```\n# Install\n# Usage\n```").documentation_score == Decimal("0.5")


# --- hostile texts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "<a " * 200_000,
        "](" * 250_000,
        "](" + " " * 500_000,
        "<!--" * 125_000,
        "`" * 500_000,
        "`x" * 250_000,
        "`` " * 160_000,
        "~~~\n" * 125_000,
        "#" * 500_000,
        "#\n" * 250_000,
        "=\n" * 250_000,
        "http://" * 70_000,
        "https://render.com/deploy " * 20_000,
        ("[" * 190 + "https://render.com/deploy ") * 2_400,
        ("\n" * 200 + "https://render.com/deploy ") * 2_300,
        ("[" * 90 + "]" * 90 + "(https://render.com/deploy\n") * 2_400,
        "https://render.com/deploy" + "&amp;" * 90_000,
        "render." * 70_000,
        "href" + " " * 500_000,
        "<h1 " * 120_000,
        " " * 500_000,
        "\x00" * 500_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_text_is_read_to_its_end(text):
    assert read_readme(text).documentation_score <= 10


@given(st.text() | st.text("[]()<>!`~#=-|\n \"'/:.ahreftpsndrcomly?", max_size=400))
def test_reading_never_raises_whatever_the_text(text):
    found = read_readme(text)
    assert 0 <= found.documentation_score <= 10
    assert found.has_deploy_button == (found.deploy_button_url is not None)


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_button_url_always_leads_to_render(before, after):
    url = read_readme(f"{before}[x](https://render.com/deploy{after})").deploy_button_url
    assert url is None or is_deploy_url(url)
