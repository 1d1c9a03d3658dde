"""Ids as one parameter of a statement, whatever their number."""

import pytest

from pipeline.models import StarDay
from trender.id_lists import id_list

pytestmark = pytest.mark.django_db


def star_days(count):
    StarDay.objects.bulk_create(StarDay(github_id=number, day="2026-11-21", stars_gained=1) for number in range(count))


@pytest.mark.parametrize("ids", [[], [3], [3, 3, 4, 2**62], range(5000)], ids=len)
def test_rows_are_found_by_any_number_of_ids(ids):
    star_days(10)
    found = StarDay.objects.filter(github_id__among=id_list(ids)).values_list("github_id", flat=True)
    assert set(found) == {number for number in range(10) if number in ids}


def test_the_statement_is_the_same_for_any_number_of_ids():
    star_days(3)
    said = set()
    for count in (1, 1000):
        rows = StarDay.objects.filter(github_id__among=id_list(range(count)))
        said.add(str(rows.query.sql_with_params()[0]))
    assert len(said) == 1


def test_rows_are_changed_and_deleted_by_ids():
    star_days(4)
    assert StarDay.objects.filter(github_id__among=id_list([1, 2])).update(stars_gained=9) == 2
    assert StarDay.objects.filter(github_id__among=id_list([2, 3])).delete()[0] == 2
    assert dict(StarDay.objects.values_list("github_id", "stars_gained")) == {0: 1, 1: 9}
