"""Authors of the made-up commits: people with and without a login, and bots."""

from pipeline.demo.mix import Dice
from pipeline.demo.names import BACK, FRONT, GARDEN, PREFIX

Author = dict[str, object]  # GitHub's GitActor: name, email, user {login} or None

# Bots commit under an address with their user id; GraphQL's `user` is null for them.
BOTS: tuple[Author, ...] = (
    {"name": "dependabot[bot]", "email": "49699333+dependabot[bot]@users.noreply.github.com", "user": None},
    {"name": "renovate[bot]", "email": "29139614+renovate[bot]@users.noreply.github.com", "user": None},
    {"name": "github-actions[bot]", "email": "41898282+github-actions[bot]@users.noreply.github.com", "user": None},
)


def person(front: str, plant: str, has_login: bool) -> Author:
    """A made-up person; one without a login is known by an e-mail address alone."""
    login = f"{PREFIX}{front}-{plant}"
    return {
        "name": f"{front.title()} {plant.title()}",
        "email": f"{front}.{plant}@example.invalid",
        "user": {"__typename": "User", "login": login} if has_login else None,
    }


def team(dice: Dice, size: int) -> tuple[Author, ...]:
    """`size` people, about one in six without a login, and up to two bots."""
    fronts = dice.sample(FRONT + BACK, size)
    people = [person(front, dice.pick(GARDEN), dice.unit() > 0.16) for front in fronts]
    return (*people, *dice.sample(BOTS, dice.pick((0, 0, 1, 1, 1, 2))))
