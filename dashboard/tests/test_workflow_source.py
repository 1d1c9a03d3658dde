import re
from html import unescape

import pytest

from dashboard import workflow_source
from dashboard.workflow_source import PASSAGES, ROOT, Passage, chapters, cut, find, highlight, joined, missing

CODE = '''import os

LIMIT = 3


@decorated
@twice(1)
def first(value):
    """Says so."""
    return value


class Box:
    size = 1

    @property
    def inner(self):
        return f"{self.size!r} {{}}"

    async def later(self): ...
'''


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_every_function_the_page_names_still_exists():
    assert missing() == []


def test_every_passage_is_shown_with_the_lines_it_has_in_its_file():
    assert [chapter.passage for chapter in chapters()] == list(PASSAGES)
    for chapter in chapters():
        lines = (ROOT / chapter.passage.path).read_text(encoding="utf-8").splitlines()
        for excerpt in chapter.excerpts:
            shown = [line.strip() for line in plain(excerpt.html).splitlines()]
            assert shown == [line.strip() for line in lines[excerpt.first - 1 : excerpt.last]]


def test_every_passage_has_a_title_of_its_own_and_words():
    assert len({passage.title for passage in PASSAGES}) == len(PASSAGES)
    assert all(len(passage.words) > 60 for passage in PASSAGES)


def test_a_function_that_is_gone_is_named_and_its_passage_left_out(monkeypatch):
    gone = Passage("pipeline/run.py", ("no_such_function",), "Gone", "It was here.")
    monkeypatch.setattr(workflow_source, "PASSAGES", (gone,))
    assert missing() == ["pipeline/run.py: no_such_function"]
    assert chapters.__wrapped__() == ()


def test_a_file_that_is_not_there_leaves_its_passage_out(monkeypatch):
    monkeypatch.setattr(workflow_source, "PASSAGES", (Passage("pipeline/none.py", ("run",), "None", "No file."),))
    assert chapters.__wrapped__() == ()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("LIMIT", (3, 3)),
        ("first", (6, 10)),
        ("Box", (13, 20)),
        ("Box.inner", (16, 18)),
        ("Box.later", (20, 20)),
        ("Box.size", (14, 14)),
        ("os", None),
        ("Box.none", None),
        ("first.inner", None),
    ],
)
def test_names_are_found_with_their_decorators(name, place):
    assert find(CODE, name) == place


def test_neighbours_are_one_excerpt():
    assert joined([(20, 30), (1, 5), (7, 9), (33, 40)]) == [(1, 9), (20, 40)]
    assert joined([(20, 30), (34, 40)]) == [(20, 30), (34, 40)]


def test_a_method_is_moved_to_the_left():
    assert cut(CODE, 16, 18).splitlines()[:2] == ["@property", "def inner(self):"]


def test_tokens_are_marked_and_the_text_stays_the_same():
    html = highlight('def run(a):  # <why>\n    return "<b>" if a else None')
    assert html == (
        '<span class="code__keyword">def</span> <span class="code__name">run</span>(a):  '
        '<span class="code__comment"># &lt;why&gt;</span>\n    <span class="code__keyword">return</span> '
        '<span class="code__string">&quot;&lt;b&gt;&quot;</span> <span class="code__keyword">if</span> a '
        '<span class="code__keyword">else</span> <span class="code__keyword">None</span>'
    )


@pytest.mark.parametrize("code", [CODE, 'x = f"{a} {{b}} {f\'{c}\'}" + """two\nlines"""', "", "# é ü 漢字 = 'x'"])
def test_no_character_is_lost_or_doubled(code):
    assert plain(highlight(code)) == code


def test_what_is_no_code_is_shown_as_text():
    assert highlight("def (((\n'''<") == "def (((\n&#x27;&#x27;&#x27;&lt;"
