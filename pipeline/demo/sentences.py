"""What the made-up repositories say about themselves: a thing and a turn, no pair twice in a language."""

from collections.abc import Iterator

from pipeline.demo.mix import Dice

# (what it is, its topic) by language
THINGS: dict[str, list[tuple[str, str]]] = {
    "Python": [
        ("A job queue", "queue"),
        ("A feature store", "feature-store"),
        ("A web framework", "web-framework"),
        ("A tokenizer for long documents", "nlp"),
        ("A scheduler for notebooks", "notebooks"),
        ("An evaluation harness for language models", "llm-evaluation"),
        ("A schema validator", "validation"),
        ("A terminal dashboard", "tui"),
        ("A PDF reader", "pdf"),
        ("A vector index", "vector-search"),
        ("A crawler", "crawler"),
        ("An agent toolkit", "agents"),
        ("A package manager", "packaging"),
        ("A dataframe library", "dataframe"),
        ("An image labelling desk", "computer-vision"),
        ("A speech transcriber", "speech"),
        ("A migration tool for warehouses", "data-engineering"),
        ("A type checker", "static-analysis"),
        ("A simulator for small robots", "robotics"),
        ("A forecasting library", "time-series"),
        ("A retrieval server", "rag"),
        ("A fixture generator", "testing"),
        ("An HTTP client", "http-client"),
        ("A plotting library", "plotting"),
    ],
    "TypeScript": [
        ("A dashboard starter", "dashboard"),
        ("A headless shop", "ecommerce"),
        ("A documentation site", "documentation"),
        ("A chat interface", "chat"),
        ("A form builder", "forms"),
        ("A kanban board", "kanban"),
        ("An invoicing app", "invoicing"),
        ("A component library", "components"),
        ("A link shortener", "link-shortener"),
        ("A feature-flag console", "feature-flags"),
        ("A booking calendar", "calendar"),
        ("An analytics page", "analytics"),
        ("A feedback wall", "feedback"),
        ("A status page", "status-page"),
        ("A collaborative editor", "editor"),
        ("A learning platform", "education"),
        ("An admin panel", "admin"),
        ("A photo journal", "gallery"),
        ("A workflow canvas", "workflow"),
        ("A design-token explorer", "design-tokens"),
        ("A newsletter desk", "newsletter"),
        ("A recipe keeper", "recipes"),
        ("An auth kit", "authentication"),
        ("A map viewer", "maps"),
    ],
    "Go": [
        ("A reverse proxy", "proxy"),
        ("A message broker", "messaging"),
        ("A key-value store", "database"),
        ("A secrets vault", "secrets"),
        ("A log shipper", "logging"),
        ("A container builder", "containers"),
        ("A service mesh", "service-mesh"),
        ("A DNS server", "dns"),
        ("A backup tool", "backup"),
        ("A metrics store", "metrics"),
        ("A command-line toolkit", "cli"),
        ("A load generator", "load-testing"),
        ("A git server", "git"),
        ("A tunnel to localhost", "tunnel"),
        ("A workflow engine", "workflow-engine"),
        ("A file synchroniser", "sync"),
        ("A policy engine", "policy"),
        ("A stream processor", "streaming"),
        ("An object store", "storage"),
        ("A cluster autoscaler", "kubernetes"),
        ("A trace collector", "tracing"),
        ("A shell prompt", "shell"),
        ("A static site generator", "static-site"),
        ("A certificate manager", "tls"),
    ],
    "Render": [
        ("A starter", "starter"),
        ("A template", "template"),
        ("A small shop", "ecommerce"),
        ("A chat room", "chat"),
        ("A job board", "job-board"),
        ("A weather service", "weather"),
        ("A bookmark keeper", "bookmarks"),
        ("A poll for meetings", "polls"),
        ("A webhook relay", "webhooks"),
        ("A feed reader", "rss"),
        ("A guest book", "guestbook"),
        ("A price watcher", "monitoring"),
    ],
}

TURNS = """
that remembers what it has already done
that fits in one file and explains itself
with an undo button for everything
that starts before you have let go of the key
made for people who would rather read than configure
with sensible defaults and a way out of each of them
that keeps working when the network does not
that says why, not only that, something failed
you can read from top to bottom in an afternoon
for teams that outgrew a spreadsheet
that treats time zones as a first-class problem
with no dependencies and no surprises
that was rewritten twice so that you need not
tested against ten years of awkward input
for machines with very little memory
that grows with you from one user to a million
with keyboard shortcuts worth learning
that leaves your data in plain files
and the tools to look inside it while it runs
for the long, boring, important middle of a project
that asks before it deletes
with numbers you can check by hand
that a newcomer can deploy on the first morning
built around one good idea and a lot of tests
for anyone who has been paged at three in the morning
that speaks plain SQL underneath
which measures first and guesses never
that makes the slow path visible
with accessibility counted as a feature
for offline-first work on trains and ferries
that keeps secrets out of the logs
which reads like the paper it came from
that turns an hour of clicking into one command
with a small core and honest plugins
that survives being killed at any moment
and a handbook that is kept up to date
for two people or two hundred
""".strip().split("\n")

TAILS = [
    "",
    "",
    "",
    " Used in production since last spring.",
    " Contributions are welcome.",
    " Still young, already useful.",
]

STACKS = {
    "Ruby": "in Rails",
    "JavaScript": "in Express",
    "Rust": "in Axum",
    "Elixir": "in Phoenix",
    "Python": "in FastAPI",
    "TypeScript": "in Fastify",
    "Go": "in plain Go",
    "PHP": "in Laravel",
}


def sentences(subject: str, seed: int) -> Iterator[tuple[str, str]]:
    """Endless (sentence, topic) pairs about a subject of THINGS; the first len(THINGS) x len(TURNS) all differ."""
    dice = Dice(seed, len(subject), ord(subject[0]))
    things, turns = dice.shuffled(THINGS[subject]), dice.shuffled(TURNS)
    n = 0
    while True:
        # The turn moves by one more after each round of things, so that a pair returns only when all have been used.
        what, topic = things[n % len(things)]
        turn = turns[(n + n // len(things)) % len(turns)]
        yield f"{what} {turn}.{dice.pick(TAILS)}", topic
        n += 1


def in_stack(sentence: str, language: str | None) -> str:
    """The sentence with the stack named after its thing, for projects that show how to deploy one."""
    stack = STACKS.get(language or "")
    if not stack:
        return sentence
    what = next(thing for thing, _ in THINGS["Render"] if sentence.startswith(thing))
    return f"{what} {stack}{sentence[len(what) :]}"
