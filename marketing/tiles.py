"""What there is for marketing, a tile for each page. No database, no clock."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.templatetags.figures import count
from marketing.pages import PAGES, MarketingPage
from marketing.queries.stock import Stock

ASSETS, REPORT, DRAFT = "each Monday at 06:30 UTC", "each Monday at 06:45 UTC", "on the 1st of each month at 07:00 UTC"
# {slug: (one, several, when they are made by themselves)}
MADE = {
    "cards": ("picture", "pictures", ASSETS),
    "stories": ("lead", "leads", ASSETS),
    "platforms": ("platform read", "platforms read", REPORT),
    "blueprints": ("repository with a button", "repositories with a button", ASSETS),
    "blog": ("draft", "drafts", DRAFT),
}
# What is made of the published rows when somebody asks for it.
AT_REQUEST = {
    "widgets": "Of the current ranking, as soon as it is published.",
    "exports": "Of the rows there are when the file is asked for.",
}
LINTER = MarketingPage(
    "lint",
    "render.yaml linter",
    "render.yaml linter",
    "Paste a render.yaml: its services as a diagram, and what is wrong with it. What is pasted is never stored.",
)
LINTER_HREF = "/render/lint/"


@dataclass(frozen=True, slots=True)
class Tile:
    """`amount` and `made_at` of what has been made; `detail` where nothing is kept or nothing is there yet."""

    href: str
    name: str
    words: str
    amount: str = ""
    made_at: datetime | None = None
    detail: str = ""


def tiles(stock: dict[str, Stock]) -> list[Tile]:
    """The pages in their order, then the linter."""
    made = [tile(page, stock.get(page.slug, Stock())) for page in PAGES if page.slug]
    return [*made, Tile(LINTER_HREF, LINTER.heading, LINTER.lead, detail="Read at once, in the answer only.")]


def tile(page: MarketingPage, stock: Stock) -> Tile:
    if page.slug not in MADE:
        return Tile(page.path, page.heading, page.lead, detail=AT_REQUEST[page.slug])
    one, several, when = MADE[page.slug]
    if not stock.number:
        return Tile(page.path, page.heading, page.lead, detail=f"None yet; made {when}.")
    amount = f"{count(stock.number)} {one if stock.number == 1 else several}"
    return Tile(page.path, page.heading, page.lead, amount, stock.made_at)
