import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trender.spreadsheets import CUT, LONGEST_CELL, cell, row, sheet_value


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a=b", "a=b"),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("\ntext", "' text"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("﹦1", "'﹦1"),
        ("−1", "'−1"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u200b\u202e=1", "'\u200b\u202e=1"),
        ("\x00=1", "'=1"),
        ("two\nlines", "two lines"),
        ("bell\x07 escape\x1b[31m delete\x7f c1\x9b", "bell escape[31m delete c1"),
        ("paragraph\u2029end", "paragraph end"),
        ("half \ud800 pair", "half  pair"),
        ("no \ufffe\uffff characters", "no  characters"),
        ("日本語 🚀", "日本語 🚀"),
    ],
)
def test_texts_stay_texts(text, written):
    assert cell(text) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (0, "0"),
        (-5, "-5"),
        (-1.5, "-1.5"),
        (Decimal("-0.000001"), "-0.000001"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (False, "false"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 9, 5, tzinfo=UTC), "2026-11-21T09:05:00+00:00"),
        (["a", "b"], "a; b"),
        (["=1", "b"], "'=1; b"),
        ([], ""),
        ({"web": 2, "=1": 1}, "web: 2; =1: 1"),
        ({}, ""),
        ({"searches": {"a": [1, None]}}, 'searches: {"a": [1, null]}'),
    ],
)
def test_other_values_are_written_as_they_are(value, written):
    assert cell(value) == written


@given(st.text())
def test_no_text_begins_a_formula_or_a_line(text):
    written = cell(text)
    assert written.lstrip()[:1] not in set("=+-@＝＋－＠")
    assert not set(written) & {"\n", "\r", "\t", "\0"}


@given(st.lists(st.text(), min_size=1))
def test_a_row_is_read_back_as_one_row_of_as_many_cells(texts):
    file = io.StringIO()
    csv.writer(file).writerow(row(texts))
    [read] = csv.reader(io.StringIO(file.getvalue()))
    assert read == row(texts)


# -- Workbooks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (-5, -5),
        (0.5, 0.5),
        (Decimal("-1.25"), Decimal("-1.25")),
        (True, True),
        (date(2026, 11, 21), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 9, 5, tzinfo=UTC), datetime(2026, 11, 21, 9, 5)),
        (datetime(2026, 11, 21, 9, 5, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 11, 21, 7, 5)),
        ("=1+1", "'=1+1"),
        (["=1", "b"], "'=1; b"),
        ({"web": 2}, "web: 2"),
        ("_x003D_1+1", "_x005F_x003D_1+1"),
        ("snake_xylophone_", "snake_xylophone_"),
    ],
)
def test_a_workbooks_cell_keeps_the_kind_of_its_value(value, kept):
    written = sheet_value(value)
    assert (written, type(written)) == (kept, type(kept))


@pytest.mark.parametrize("text", ["a" * 40_000, "🚀" * 20_000, "日" * 32_768, "a" + "🚀" * 16_384])
def test_a_text_ends_with_a_mark_where_a_workbooks_cell_ends(text):
    written = sheet_value(text)
    assert written.endswith(CUT)
    assert len(written.encode("utf-16-le")) // 2 in (LONGEST_CELL, LONGEST_CELL - 1)
    assert text.startswith(written.removesuffix(CUT))


@pytest.mark.parametrize("text", ["a" * LONGEST_CELL, "🚀" * 16_383])
def test_a_text_that_fits_a_workbooks_cell_is_not_cut(text):
    assert sheet_value(text) == text
