"""What a repository is to the Render ecosystem."""

import pytest

from pipeline.detection.category import render_category

ORGS = ("render-examples", "render-oss", "renderinc")
EMPLOYEES = ("Some-Body",)


@pytest.mark.parametrize(
    ("owner", "uses_render", "has_button", "category"),
    [
        ("render-examples", None, None, "official"),
        ("Render-OSS", True, True, "official"),
        ("renderinc", False, False, "official"),
        ("some-body", False, None, "employee"),
        ("SOME-BODY", True, True, "employee"),
        ("render-examples-fan", True, True, "blueprint"),
        ("anybody", True, True, "blueprint"),
        ("anybody", True, False, "community"),
        ("anybody", True, None, "community"),
        ("anybody", False, True, None),
        ("anybody", None, True, None),
        ("anybody", None, None, None),
        ("", True, False, "community"),
    ],
)
def test_the_first_category_that_holds_is_taken(owner, uses_render, has_button, category):
    assert render_category(owner, ["render"], uses_render, has_button, ORGS, EMPLOYEES) == category


def test_an_owner_who_is_both_is_official():
    assert render_category("both", [], True, True, ["Both"], ["both"]) == "official"


def test_topics_decide_nothing():
    topics = ["render", "render-deploy", "render-blueprints"]
    assert render_category("anybody", topics, None, None, ORGS, EMPLOYEES) is None
