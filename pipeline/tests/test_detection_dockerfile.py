"""What a Dockerfile is built from, opens and runs as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detection.dockerfile import Dockerfile, read_dockerfile

TWO_STAGES = """\
# syntax=docker/dockerfile:1
ARG NODE=22
FROM --platform=$BUILDPLATFORM node:${NODE}-alpine AS Build
RUN npm ci \\
    # a comment in between

    && npm run build
EXPOSE 9999
USER node

FROM nginx:1.27
COPY --from=build /app /usr/share/nginx/html
EXPOSE 80 443/tcp
HEALTHCHECK --interval=30s CMD curl -f http://localhost/
"""


def test_a_build_in_two_stages_is_read_as_its_last_stage_runs():
    assert read_dockerfile(TWO_STAGES) == Dockerfile(
        base_images=("node:${NODE}-alpine", "nginx:1.27"),
        stages=2,
        exposed_ports=(80, 443),
        has_health_check=True,
        runs_as_root=True,
    )


@pytest.mark.parametrize(
    ("text", "images", "stages"),
    [
        ("FROM python:3.12", ("python:3.12",), 1),
        ("from python:3.12 as base\nFrom base\n", ("python:3.12",), 2),
        ("FROM a AS one\nFROM b AS two\nFROM ONE\nFROM c", ("a", "b", "c"), 4),
        ("FROM a\nFROM a", ("a",), 2),
        ("FROM later\nFROM a AS later", ("later", "a"), 2),
        ("FROM same AS same", ("same",), 1),
        ("ARG BASE=x\nFROM $BASE", ("$BASE",), 1),
        ("FROM \\\n  a \\\n  AS b", ("a",), 1),
        ("# escape=`\nFROM a `\n AS b\nRUN dir c:\\\nFROM b", ("a",), 2),
        ("\ufeffFROM a\r\nUSER b\r\n", ("a",), 1),
        ("   FROM   a", ("a",), 1),
        ("FROM\nFROM --platform=x\nFROM a", ("a",), 1),
        ("FROM scratch", ("scratch",), 1),
        ("FROM a\nRUN <<EOF\nFROM not-an-image\nEOF\nFROM b", ("a", "b"), 2),
        ("FROM a\nRUN <<-'END' cat\n\tFROM x\n\tEND\nFROM b", ("a", "b"), 2),
        ("FROM a\nCOPY <<one <<two /x/\nFROM x\none\nFROM y\ntwo\nFROM b", ("a", "b"), 2),
        ("FROM a\nRUN echo $((1 << SHIFT))\nFROM b", ("a", "b"), 2),
        ("FROM a\nRUN cat <<NEVER\nFROM b", ("a", "b"), 2),
    ],
)
def test_base_images_are_what_comes_from_outside_the_file(text, images, stages):
    found = read_dockerfile(text)
    assert (found.problem, found.base_images, found.stages) == (None, images, stages)


@pytest.mark.parametrize(
    ("arguments", "ports"),
    [
        ("8080", (8080,)),
        ("443/tcp 53/UDP 80", (53, 80, 443)),
        ("0 65535 65536 99999 123456", (65535,)),
        ("$PORT ${PORT:-80} http -1 8080.5", ()),
        ("8000-8003", (8000, 8001, 8002, 8003)),
        ("9-3", ()),
        ('"3000"', (3000,)),
        ("", ()),
    ],
)
def test_exposed_ports_are_real_port_numbers(arguments, ports):
    assert read_dockerfile(f"FROM a\nEXPOSE {arguments}").exposed_ports == ports


def test_ports_add_up_and_no_more_than_a_hundred_are_kept():
    assert read_dockerfile("FROM a\nEXPOSE 2\nEXPOSE 1 2").exposed_ports == (1, 2)
    assert read_dockerfile("FROM a\nEXPOSE 1-65535\nEXPOSE 70000").exposed_ports == tuple(range(1, 101))


@pytest.mark.parametrize(
    ("lines", "as_root"),
    [
        ("", True),
        ("USER root", True),
        ("USER 0:0", True),
        ("USER ROOT:staff", True),
        ('USER "root"', True),
        ("USER app\nUSER root", True),
        ("USER app", False),
        ("USER 1000:1000", False),
        ("user ${APP_USER}", False),
        ("USER app\nFROM b", True),
        ("USER app\nFROM base", False),
        ("FROM b\nUSER app", False),
    ],
)
def test_the_user_is_the_one_of_the_last_stage(lines, as_root):
    assert read_dockerfile(f"FROM a AS base\n{lines}").runs_as_root is as_root


@pytest.mark.parametrize(
    ("lines", "checked"),
    [
        ("HEALTHCHECK CMD true", True),
        ("healthcheck none", False),
        ("HEALTHCHECK CMD true\nHEALTHCHECK NONE", False),
        ("# HEALTHCHECK CMD true", False),
        ("", False),
    ],
)
def test_a_health_check_counts_until_it_is_taken_back(lines, checked):
    assert read_dockerfile(f"FROM a\n{lines}").has_health_check is checked


@pytest.mark.parametrize("text", ["", "\n\n# nothing", "RUN true", "USER app\nEXPOSE 80", "FROMAGE brie"])
def test_a_file_without_from_is_a_problem(text):
    assert read_dockerfile(text) == Dockerfile(problem="The file has no FROM instruction.")


def test_a_file_over_the_size_limit_is_a_problem():
    assert "longer than 256 KB" in str(read_dockerfile("#" * (256 * 1024 + 1)).problem)


@pytest.mark.parametrize(
    "text",
    [
        "\\\n" * 130_000,
        "FROM a\n" + "RUN <<EOF\n" * 20_000 + " EOF\n",
        "FROM a\nRUN " + "<<EOF " * 40_000 + "\nEOF",
        "FROM a\n" + "EXPOSE 1-65535\n" * 17_000,
        "FROM a AS b\n" * 20_000,
        "FROM " * 50_000,
        "FROM " + "a" * 200_000,
    ],
)
def test_a_hostile_file_is_read_to_its_end(text):
    found = read_dockerfile(text)
    assert len(found.base_images) <= 50
    assert all(len(image) <= 200 for image in found.base_images)


@given(st.text() | st.text("FROMASUEXPI \n\\#<:-0123456789abc$'\"", max_size=300).map("FROM a\n".__add__))
def test_reading_never_raises_whatever_the_text(text):
    found = read_dockerfile(text)
    assert all(1 <= port <= 65_535 for port in found.exposed_ports)
    assert (found.problem is None) == (found.stages > 0)
