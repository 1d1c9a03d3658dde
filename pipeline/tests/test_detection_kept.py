"""A text is read once, however often it is asked what it says; long ones are not kept."""

import pytest

from pipeline.detection import kept as module
from pipeline.detection.kept import kept
from pipeline.detection.readme import read_readme
from pipeline.detection.render_yaml import read_render_yaml
from pipeline.github.batches import NodeAnswer
from pipeline.github.queries import Wanted
from pipeline.streams.hydration import _read_ahead

BLUEPRINT = "services:\n  - type: web\n    name: kept-by-nobody-else\n"


@pytest.fixture
def read():
    seen = []

    @kept
    def length(text: str) -> int:
        seen.append(text)
        return len(text)

    length.seen = seen
    return length


def test_a_text_is_read_once(read):
    assert [read("abc"), read("ab"), read("abc")] == [3, 2, 3]
    assert read.seen == ["abc", "ab"]


def test_a_long_text_is_read_each_time(read):
    text = "x" * (module.LONGEST_KEPT + 1)
    assert read(text) == read(text) == len(text)
    assert len(read.seen) == 2


def test_no_more_is_kept_than_there_is_room_for(read):
    texts = [str(number) for number in range(module.MOST_KEPT + 1)]
    for text in [*texts, texts[0]]:
        read(text)
    assert len(read.seen) == len(texts) + 1


def test_what_is_fetched_is_read_ahead(monkeypatch):
    read = {}
    for reader in (read_render_yaml, read_readme):
        monkeypatch.setattr(
            f"pipeline.streams.hydration.{reader.__name__}",
            lambda text, name=reader.__name__: read.setdefault(name, []).append(text),
        )
    wanted = Wanted("R_1", files=("render.yaml", "Dockerfile", "Readme.md"))
    data = {"file0": {"text": BLUEPRINT}, "file1": {"text": "FROM scratch"}, "file2": {"text": "# Hello"}}
    _read_ahead(NodeAnswer(wanted, data))
    _read_ahead(NodeAnswer(wanted, {"file0": None, "file2": {"text": None, "isBinary": True}}))
    _read_ahead(NodeAnswer(wanted, None))
    assert read == {"read_render_yaml": [BLUEPRINT], "read_readme": ["# Hello"]}


def test_reading_twice_says_the_same():
    assert read_render_yaml(BLUEPRINT) is read_render_yaml(BLUEPRINT)
    assert read_render_yaml(BLUEPRINT).services[0].name == "kept-by-nobody-else"
