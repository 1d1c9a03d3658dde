"""Made-up names of owners and repositories.

Every owner begins with `demo--`: GitHub allows no login with two hyphens in a row, so none of these can be somebody's.
"""

from collections.abc import Iterator
from itertools import product

from pipeline.demo.mix import Dice

PREFIX = "demo--"
OFFICIAL_ORGS = ("demo--render", "demo--render-examples")
EMPLOYEES = ("demo--employee-one", "demo--employee-two")


def words(text: str) -> list[str]:
    """The words of a text, so that long lists stay readable."""
    return text.split()


GARDEN = words("""
larkspur foxglove yarrow sorrel bramble juniper hawthorn tansy clover saffron marigold campion teasel mallow heather
thistle rowan hazel alder sedge bracken lichen comfrey lovage chicory fennel borage myrtle laurel linden willow
""")
KIND_OF_HOUSE = ["", "-works", "-labs", "-collective", "-studio", "-guild", "-systems"]

FRONT = words("""
amber birch cedar copper drift ember fern flint frost gale harbor hollow ivory lantern maple meadow misty moss north
opal pebble quiet raven river saddle silver sparrow stone summer thistle tide timber velvet willow winter wren
""")
BACK = words("""
bank beacon bell bloom bridge brook craft crest fall field flow forge gate glen grove haven hill keep light line loom
mark mill path reach rest ridge shore song spring star thread trail vale wake ward water way wick yard
""")


class Namer:
    """Deals out owners and repository names; none comes twice."""

    def __init__(self, seed: int) -> None:
        dice = Dice(seed, 101)
        self.houses = dice.shuffled([f"{PREFIX}{plant}{kind}" for plant, kind in product(GARDEN, KIND_OF_HOUSE)])
        self.words = iter(dice.shuffled([front + back for front, back in product(FRONT, BACK)]))
        self.owners = self._owners(dice)

    def _owners(self, dice: Dice) -> Iterator[str]:
        """Most houses have one repository, some two or three in a row; past the last house it begins again."""
        while True:
            for house in self.houses:
                yield from [house] * dice.pick((1, 1, 1, 2, 2, 3))

    def word(self) -> str:
        """The next repository name, one pleasant compound such as `tidewater`."""
        return next(self.words)

    def full_name(self) -> str:
        """The next `owner/name`."""
        return f"{next(self.owners)}/{self.word()}"


def owner_type(owner: str) -> str:
    """`Organization` or `User`, as the name says."""
    if owner in OFFICIAL_ORGS:
        return "Organization"
    return "Organization" if owner.endswith(("-works", "-labs", "-collective", "-guild", "-systems")) else "User"
