"""Reference data: languages, their slugs and Render's services."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reference import LANGUAGES, RENDER_SERVICES, language_slug

# As GitHub writes them; the ones that resemble each other most.
GITHUB_NAMES = (
    "C", "C++", "C#", "F#", "F*", "Q#", "q", "J", "R", "D", "V", "Go", "Objective-C", "Objective-C++", "ASP.NET",
    "Classic ASP", "Visual Basic .NET", "Visual Basic 6.0", "VBA", "HTML", "HTML+ERB", "HTML+PHP", "HTML+Razor",
    "Common Lisp", "Emacs Lisp", "Jupyter Notebook", "TypeScript", "JavaScript", "Java", "Python", "Ren'Py",
    "Cap'n Proto", "Pod", "Pod 6", "1C Enterprise", "Roff", "Roff Manpage", "Standard ML", "Vim Script", "Max", "M4",
    "M4Sugar", "Isabelle", "Isabelle ROOT", "Haskell", "C2hs Haskell", "Literate Haskell", "PLSQL", "PLpgSQL", "TSQL",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Python", "python"),
        ("TypeScript", "typescript"),
        ("Go", "go"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("F#", "f-sharp"),
        ("ASP.NET", "asp-dot-net"),
        (".NET", "dot-net"),
        ("Visual Basic .NET", "visual-basic-dot-net"),
        ("Objective-C++", "objective-c-plus-plus"),
        ("Jupyter Notebook", "jupyter-notebook"),
        ("Ren'Py", "ren-py"),
        ("../etc/passwd", "dot-dot-etc-passwd"),
    ],
)
def test_a_slug_is_what_people_would_type(name, slug):
    assert language_slug(name) == slug


def test_languages_that_resemble_each_other_have_slugs_of_their_own():
    slugs = [language_slug(name) for name in GITHUB_NAMES]
    assert len(set(slugs)) == len(slugs)


def test_the_slugs_of_the_listed_languages_are_unique():
    slugs = [language.slug for language in LANGUAGES.values()]
    assert len(set(slugs)) == len(slugs)
    assert "render" not in slugs  # the ecosystem's stream has that name


@given(name=st.text(max_size=100))
def test_every_slug_fits_into_an_address(name):
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", language_slug(name))


@given(name=st.text(max_size=100))
def test_a_slug_of_a_slug_is_itself(name):
    assert language_slug(language_slug(name)) == language_slug(name)


def test_the_three_languages_with_a_stream_are_those_of_the_design():
    followed = {(row.name, row.category, row.ecosystem_size, row.framework) for row in LANGUAGES.values() if row.stream}
    assert followed == {
        ("Python", "general", "large", None),
        ("TypeScript", "web", "large", "nextjs"),
        ("Go", "systems", "large", None),
    }


def test_languages_are_found_by_their_own_name():
    assert all(name == language.name for name, language in LANGUAGES.items())


def test_the_services_of_the_design_are_there_with_a_sentence_each():
    assert {"web", "worker", "cron", "pserv", "static", "keyvalue", "postgres"} <= RENDER_SERVICES.keys()
    assert all(text.endswith(".") for text in RENDER_SERVICES.values())
