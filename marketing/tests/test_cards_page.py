"""The pages with social cards and the addresses of the pictures."""

import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import Schedule
from PIL import Image

from dashboard.tests.builders import a_project, a_published_run, a_repo, once_called, publish, star_days_of
from marketing.assets import make_weekly_cards
from marketing.models import MarketingAsset
from pipeline.models import RepoSnapshot

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PAGE = "/for-marketing/cards/"
PICTURES = [f"{shape}-{theme}.png" for shape in ("wide", "square") for theme in ("light", "dark")]
EVIL = "<script>alert(1)</script>\"'>"


@pytest.fixture(autouse=True)
def the_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run():
    return a_published_run(("python", "render"), execution_date=NOW - timedelta(minutes=2))


def html(client, address=PAGE, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


# -- The week's ------------------------------------------------------------------------------------------------


def test_the_stored_cards_are_shown_with_their_alt_text_and_their_proof(client, run):
    a_project(run, "octo/shop", stars_gained_7d=42)
    make_weekly_cards(NOW)
    page = html(client)
    assets = MarketingAsset.objects.all()
    assert all(f'src="/for-marketing/asset/{each.pk}.png"' in page for each in assets)
    assert page.count('download="octo-shop-') == 4
    assert f'dir="auto">{assets[0].alt_text}</textarea>' in page
    assert "+42 stars in 7 days" in page
    assert f'href="/meta/?run={run.execution_id}"' in page
    assert 'href="/repo/octo/shop/"' in page
    assert 'href="/repo/octo/shop/?at=2026-11-21"' in page
    assert 'href="/for-marketing/cards/octo/shop/"' in page


def test_the_rule_of_selection_is_on_the_page(client, run):
    assert "gained the most stars in 7 days" in html(client)


def test_they_are_in_the_order_they_were_chosen_in(client, run):
    for number in (3, 1, 5, 2, 4):
        a_project(run, f"octo/shop-{number}", stars_gained_7d=number)
    make_weekly_cards(NOW)
    assert re.findall(r'href="/repo/octo/shop-(\d)/"', html(client)) == list("54321")


def test_only_the_newest_day_is_shown(client, run):
    a_project(run)
    make_weekly_cards(NOW)
    MarketingAsset.objects.update(snapshot_date=NOW.date() - timedelta(days=7), repo_full_name="octo/earlier")
    make_weekly_cards(NOW)
    page = html(client)
    assert "octo/shop" in page
    assert "octo/earlier" not in page


def test_before_any_were_made_the_page_says_when_and_of_whom(client, run):
    a_project(run, "octo/shop", stars_gained_7d=42)
    Schedule.objects.create(
        func="marketing.tasks.weekly_assets", schedule_type=Schedule.WEEKLY, next_run=NOW + timedelta(days=2)
    )
    page = html(client)
    assert "No cards have been made yet." in page
    assert "in 2 days" in page
    assert 'href="/for-marketing/cards/octo/shop/"' in page


def test_without_a_schedule_the_page_says_what_sets_it_up(client, run):
    assert "manage.py sync_schedules" in html(client)


def test_before_the_first_run_the_page_says_what_will_be_here(client):
    page = html(client)
    assert "Nothing has been published yet" in page
    assert "once a run has published a ranking" in page


def test_a_stored_card_whose_row_is_gone_is_shown_without_its_number(client, run):
    a_project(run)
    make_weekly_cards(NOW)
    RepoSnapshot.objects.all().delete()
    assert "no longer known" in html(client)


# -- Finding a repository --------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["shop", "OCTO/sh", "https://github.com/octo/shop", "https://github.com/octo/shop/"])
def test_a_repository_is_found_by_a_part_of_its_name_or_its_address(client, run, asked):
    a_repo(run, "octo/shop", rank_overall=3)
    a_repo(run, "octo/else", rank_overall=4)
    page = html(client, f"{PAGE}?q={asked}")
    assert 'href="/for-marketing/cards/octo/shop/"' in page
    assert "octo/else" not in page


def test_a_name_nobody_has_is_said_so(client, run):
    assert "No repository of the published ranking has “<bdi>nobody</bdi>” in its name" in html(
        client, f"{PAGE}?q=nobody"
    )


@pytest.mark.parametrize("asked", ["%00", "x" * 400])
def test_what_is_no_name_is_not_searched_for(client, run, asked):
    assert "nothing was searched" in html(client, f"{PAGE}?q={asked}")


def test_what_is_searched_for_is_shown_escaped(client, run):
    page = client.get(PAGE, {"q": EVIL}).content.decode()
    assert EVIL not in page
    assert "&lt;script&gt;alert(1)" in page


# -- Any repository --------------------------------------------------------------------------------------------


def test_a_repositorys_page_has_all_four_with_alt_text_and_proof(client, run):
    a_repo(run, "octo/widget", rank_overall=1)
    page = html(client, f"{PAGE}octo/widget/")
    for picture in PICTURES:
        assert f'src="/for-marketing/card/octo/widget/{picture}"' in page
        assert f'download="octo-widget-{picture}"' in page
    assert ">Card of the GitHub repository octo/widget." in page
    assert f'href="/meta/?run={run.execution_id}"' in page
    assert 'href="/repo/octo/widget/"' in page


@pytest.mark.parametrize("address", ["nobody/nothing", "octo/%00", "n" * 300 + "/" + "n" * 300])
def test_who_is_not_in_the_ranking_has_no_cards(client, run, address):
    assert "It is not in the published ranking" in html(client, f"{PAGE}{address}/", 404)
    assert client.get(f"/for-marketing/card/{address}/wide-light.png").status_code == 404


def test_who_has_left_the_ranking_has_no_cards(client, run):
    a_repo(run)
    RepoSnapshot.objects.update(is_current=False)
    assert "It is not in the published ranking" in html(client, f"{PAGE}octo/widget/", 404)


def test_before_the_first_run_nobody_has_cards(client):
    assert "Nothing has been published yet" in html(client, f"{PAGE}octo/widget/", 404)
    assert client.get("/for-marketing/card/octo/widget/wide-light.png").status_code == 404


def test_a_former_name_leads_to_the_name_of_now(client, run):
    once_called(a_repo(run, "octo/new"), "octo/old")
    response = client.get(f"{PAGE}octo/old/")
    assert (response.status_code, response["Location"]) == (301, f"{PAGE}octo/new/")
    picture = client.get("/for-marketing/card/octo/old/square-dark.png")
    assert (picture.status_code, picture["Location"]) == (301, "/for-marketing/card/octo/new/square-dark.png")


@pytest.mark.parametrize("name", [EVIL.replace("/", ""), "مكتبة", "文档?x#y", "n" * 295, "👩‍👩‍👧‍👦"])
def test_hostile_names_have_pages_and_pictures_under_their_own_addresses(client, run, name):
    a_repo(run, f"octo/{name}", description=EVIL)
    page = html(client, f"{PAGE}octo/{quote(name)}/")
    assert EVIL not in page
    for picture in re.findall(r'src="(/for-marketing/card/[^"]+)"', page):
        assert client.get(picture).status_code == 200


# -- The pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_drawn_when_it_is_asked_for(client, run, picture):
    star_days_of(a_repo(run), [1, 2, 3])
    response = client.get(f"/for-marketing/card/octo/widget/{picture}")
    assert response["Content-Type"] == "image/png"
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    assert response["Content-Disposition"] == f'inline; filename="octo-widget-{picture}"'
    assert size(response.content) == ((1200, 630) if "wide" in picture else (1080, 1080))
    assert not response.cookies


@pytest.mark.parametrize("picture", ["tall-light.png", "wide-pink.png", "wide-light.jpg", "wide-light"])
def test_there_are_no_other_shapes_and_themes(client, run, picture):
    a_repo(run)
    assert client.get(f"/for-marketing/card/octo/widget/{picture}").status_code == 404


def test_an_unchanged_picture_is_not_sent_again_until_a_run_is_published(client, run):
    a_repo(run)
    address = "/for-marketing/card/octo/widget/wide-light.png"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    publish(a_published_run(execution_date=NOW - timedelta(minutes=1)))
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_a_stored_picture_is_sent_as_it_was_made(client, run):
    a_project(run)
    make_weekly_cards(NOW)
    asset = MarketingAsset.objects.get(asset_type="card_square", theme="dark")
    response = client.get(f"/for-marketing/asset/{asset.pk}.png")
    assert response.content == bytes(asset.image)
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == 'inline; filename="octo-shop-square-dark.png"'
    again = {"if-none-match": response["ETag"]}
    assert client.get(f"/for-marketing/asset/{asset.pk}.png", headers=again).status_code == 304
    make_weekly_cards(NOW + timedelta(minutes=1))
    assert client.get(f"/for-marketing/asset/{asset.pk}.png", headers=again).status_code == 200


@pytest.mark.parametrize("asset_id", [1, 2**63 - 1, 2**63, 10**30])
def test_what_is_not_stored_is_not_found(client, asset_id):
    assert client.get(f"/for-marketing/asset/{asset_id}.png").status_code == 404


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}octo/widget/", "/for-marketing/asset/1.png"])
def test_nothing_is_changed_here(client, address):
    assert client.post(address).status_code == 405


# -- Queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", [PAGE, f"{PAGE}?q=octo", f"{PAGE}octo/more-1/", "/for-marketing/card/octo/more-1/wide-light.png"]
)
@pytest.mark.parametrize("is_made", [True, False], ids=["made", "not made"])
def test_the_pages_need_the_same_few_queries_for_10_rows_and_for_200(client, run, address, is_made):
    needed = []
    for rows in (range(10), range(10, 200)):
        for number in rows:
            a_project(run, f"octo/more-{number}", stars_gained_7d=number + 1)
        if is_made:
            make_weekly_cards(NOW)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        needed.append(len(queries))
    assert needed[0] == needed[1] <= 8


def test_the_list_of_cards_does_not_read_the_pictures(client, run):
    a_project(run)
    make_weekly_cards(NOW)
    with CaptureQueriesContext(connection) as queries:
        html(client)
    assert not any('"image"' in query["sql"] for query in queries)
