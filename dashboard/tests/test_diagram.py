import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.diagram import BOX_HEIGHT, BOX_WIDTH, MOST_BOXES, Connection, Service, diagram, fitted

SHOP = [
    Service("front", "static"),
    Service("api", "web", "python"),
    Service("mail", "worker"),
    Service("night", "cron"),
    Service("search", "pserv"),
    Service("main", "postgres"),
    Service("queue", "keyvalue"),
]
WAYS = [
    Connection("front", "api", "service"),
    Connection("api", "main", "database"),
    Connection("api", "queue", "service"),
    Connection("mail", "queue", "service"),
    Connection("night", "main", "database"),
    Connection("api", "shared", "env_group"),
]
names = st.sampled_from(["a", "b", "c", "d", "", "\u202eevil", "<b>", "名" * 60, "x" * 200])
types = st.sampled_from(
    ["web", "static", "worker", "cron", "pserv", "postgres", "keyvalue", "workflow", "odd", "unknown"]
)
kinds = st.sampled_from(["service", "database", "env_group", "odd"])
files = st.tuples(
    st.lists(st.builds(Service, names, types, names), max_size=60),
    st.lists(st.builds(Connection, names, names, kinds), max_size=60),
    st.lists(names, max_size=5, unique=True),
)


def boxes(found) -> dict:
    return {box.title: box for box in found.boxes}


def test_nothing_declared_is_no_drawing():
    assert diagram([], []) is None


def test_what_the_world_talks_to_is_left_and_data_is_right():
    found = boxes(diagram(SHOP, WAYS, ["shared"]))
    xs = [
        found[title].x
        for title in ("front (static site)", "api (web service)", "mail (background worker)", "main (Postgres)")
    ]
    assert xs == sorted(set(xs))
    assert found["main (Postgres)"].x == found["queue (Key Value)"].x == found["shared (environment group)"].x
    assert found["mail (background worker)"].x == found["night (cron job)"].x == found["search (private service)"].x


def test_a_static_site_that_calls_nothing_stands_with_the_web_services():
    found = boxes(diagram([Service("front", "static"), Service("api", "web")], []))
    assert found["front (static site)"].x == found["api (web service)"].x


def test_there_is_an_arrow_for_each_connection_and_it_says_who_reads_of_whom():
    titles = [arrow.title for arrow in diagram(SHOP, WAYS, ["shared"]).arrows]
    assert len(titles) == len(WAYS)
    assert "night reads of main" in titles


def test_an_arrow_ends_at_the_box_it_leads_to():
    found = diagram(SHOP, WAYS, ["shared"])
    target = boxes(found)["main (Postgres)"]
    arrow = next(arrow for arrow in found.arrows if arrow.title == "api reads of main")
    assert arrow.head.startswith(f"M{target.x} {target.y + BOX_HEIGHT // 2}")


def test_an_arrow_over_a_column_runs_beside_its_boxes():
    found = diagram(SHOP, WAYS, ["shared"])
    arrow = next(arrow for arrow in found.arrows if arrow.title == "api reads of main")
    y = float(re.search(r" ([\d.]+)H", arrow.path).group(1))
    passed = [box for box in found.boxes if "worker" in box.words or "cron" in box.words or "private" in box.words]
    assert all(not box.y <= y <= box.y + BOX_HEIGHT for box in passed)


def test_a_target_that_the_file_does_not_declare_is_drawn_apart():
    found = boxes(diagram([Service("api", "web")], [Connection("api", "elsewhere", "database")]))
    box = found["elsewhere (Postgres, not in this file)"]
    assert not box.is_declared
    assert found["api (web service)"].is_declared


def test_a_database_and_a_service_of_one_name_are_told_apart():
    services = [Service("db", "web"), Service("db", "postgres"), Service("api", "web")]
    found = diagram(services, [Connection("api", "db", "database")])
    assert found.talks[0].targets == (("db", "Postgres"),)


def test_a_key_value_store_may_be_named_as_a_database():
    found = diagram([Service("api", "web"), Service("kv", "keyvalue")], [Connection("api", "kv", "database")])
    assert len(found.boxes) == 2


def test_services_that_read_of_each_other_have_an_arrow_each():
    services = [Service("one", "web"), Service("two", "web")]
    found = diagram(services, [Connection("one", "two", "service"), Connection("two", "one", "service")])
    assert len(found.arrows) == 2


def test_an_arrow_may_lead_back():
    found = diagram([Service("api", "web"), Service("job", "worker")], [Connection("job", "api", "service")])
    api = boxes(found)["api (web service)"]
    assert found.arrows[0].head.startswith(f"M{api.x + BOX_WIDTH} ")


def test_what_reads_of_itself_has_no_arrow():
    assert diagram([Service("api", "web")], [Connection("api", "api", "service")]).arrows == ()


def test_a_connection_twice_is_one_arrow():
    assert len(diagram(SHOP, WAYS * 2, ["shared"]).arrows) == len(WAYS)


def test_of_very_many_boxes_the_connected_ones_are_drawn_and_the_others_counted():
    services = [Service(f"s{number}", "web") for number in range(60)] + [Service("db", "postgres")]
    found = diagram(services, [Connection("s59", "db", "database")])
    assert (len(found.boxes), found.boxes_left_out) == (MOST_BOXES, 21)
    assert {"s59 (web service)", "db (Postgres)"} <= boxes(found).keys()


def test_the_list_has_also_what_is_not_drawn():
    services = [Service(f"s{number}", "web") for number in range(60)]
    ways = [Connection(f"s{number}", f"s{number + 1}", "service") for number in range(59)]
    assert len(diagram(services, ways).talks) == 59


def test_the_text_alternative_counts_and_quotes_nobody():
    found = diagram([*SHOP, Service("<b>", "<i>")], WAYS, ["shared"])
    assert found.text == (
        "Architecture: 1 static site, 1 web service, 1 background worker, 1 cron job, 1 private service, 1 Postgres, "
        "1 Key Value, 1 other service, 1 environment group; 6 connections"
    )


def test_a_long_name_is_cut_and_its_title_has_it_whole():
    box = diagram([Service("n" * 200, "web")], []).boxes[0]
    assert box.name == f"{'n' * 22}…"
    assert box.title == f"{'n' * 200} (web service)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("exactly10!", "exactly10!"),
        ("eleven-char", "eleven-ch…"),
        ("名前名前名前", "名前名前…"),
        ("e\u0301" * 10, "e\u0301" * 10),
    ],
)
def test_texts_are_cut_by_the_room_they_take(text, expected):
    assert fitted(text, 10) == expected


@given(files)
def test_whatever_the_file_says_boxes_lie_inside_and_apart(file):
    found = diagram(*file)
    if found is None:
        return
    assert len(found.boxes) <= MOST_BOXES
    for box in found.boxes:
        assert 0 <= box.x <= found.width - box.width
        assert 0 <= box.y <= found.height - box.height
    places = sorted((box.x, box.y) for box in found.boxes)
    assert all(before[0] != after[0] or after[1] - before[1] >= BOX_HEIGHT for before, after in pairwise(places))


@given(files)
def test_whatever_the_file_says_paths_hold_numbers_only(file):
    found = diagram(*file)
    for arrow in found.arrows if found else ():
        assert re.fullmatch(r"M[-0-9. CH]+", arrow.path)
        assert re.fullmatch(r"M[-0-9. LVZ]+", arrow.head)


@given(files)
def test_the_same_file_is_drawn_the_same(file):
    assert diagram(*file) == diagram(*file)
