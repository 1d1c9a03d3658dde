"""Every rule, by subject."""

from marketing.linting.findings import Rule
from marketing.linting.rules import capacity, services, shape, stores, variables, wiring, words

RULES: tuple[Rule, ...] = (
    *shape.RULES,
    *words.RULES,
    *services.RULES,
    *capacity.RULES,
    *stores.RULES,
    *variables.RULES,
    *wiring.RULES,
)
