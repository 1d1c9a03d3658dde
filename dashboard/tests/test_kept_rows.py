"""What a row looks like is made once, in whichever order and company it is asked for."""

import pytest

from dashboard.kept_rows import KeptRows


@pytest.fixture
def kept(settings):
    settings.TRENDER_ROWS_KEPT = 4
    return KeptRows()


def capitals(rows, seen):
    def make(missing):
        seen.append(missing)
        return [row.upper() for row in missing]

    return make


def test_only_what_is_not_kept_is_made_and_the_order_is_that_of_the_rows(kept):
    seen = []
    assert kept.made("abc", "abc", capitals("abc", seen)) == ["A", "B", "C"]
    assert kept.made("dcba", "dcba", capitals("dcba", seen)) == ["D", "C", "B", "A"]
    assert seen == [["a", "b", "c"], ["d"]]


def test_nothing_is_made_when_all_is_there(kept):
    assert kept.made("", "", pytest.fail) == []
    kept.made("a", "a", capitals("a", []))
    assert kept.made("aa", "aa", pytest.fail) == ["A", "A"]


def test_the_same_row_twice_is_made_once(kept):
    seen = []
    assert kept.made("aba", "aba", capitals("aba", seen)) == ["A", "B", "A"]
    assert seen == [["a", "b"]]


def test_more_than_there_is_room_for_is_made_and_not_kept(kept):
    assert kept.made("abcde", "abcde", capitals("abcde", [])) == ["A", "B", "C", "D", "E"]
    assert len(kept) == 0


def test_without_room_it_begins_anew(kept):
    kept.made("abc", "abc", capitals("abc", []))
    kept.made("de", "de", capitals("de", []))
    assert len(kept) == 2


def test_another_thread_may_begin_anew_in_the_middle(kept):
    kept.made("ab", "ab", capitals("ab", []))

    def make(missing):
        kept.clear()
        return [row.upper() for row in missing]

    assert kept.made("abc", "abc", make) == ["A", "B", "C"]
