import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trender.spreadsheets import cell, row


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
