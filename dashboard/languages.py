"""Names of languages as they stand in addresses. No database, no clock."""

from django.utils.text import slugify

# What slugify would lose: signs that carry the name.
_SIGNS = {"+": "-plus", "#": "-sharp", "*": "-star"}

STREAM_NAMES = {
    "typescript": "TypeScript",
    "javascript": "JavaScript",
    "php": "PHP",
    "c-plus-plus": "C++",
    "c-sharp": "C#",
    "render": "Render ecosystem",
}


def language_slug(name: str) -> str:
    """ "C++" is "c-plus-plus", "Jupyter Notebook" is "jupyter-notebook"."""
    for sign, word in _SIGNS.items():
        name = name.replace(sign, word)
    return slugify(name)


def stream_name(stream: str) -> str:
    """A stream's slug as a word: "typescript" is "TypeScript", "render" is "Render ecosystem"."""
    return STREAM_NAMES.get(stream) or stream.replace("-", " ").capitalize()
