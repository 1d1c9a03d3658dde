"""Says what a repository is to the Render ecosystem."""

from collections.abc import Collection, Iterable


def render_category(
    owner: str,
    topics: Iterable[str],
    uses_render: bool | None,
    has_deploy_button: bool | None,
    orgs: Collection[str],
    employees: Collection[str],
) -> str | None:
    """Return "official", "employee", "blueprint", "community" or None, the first of them that holds.

    official: the owner is one of `orgs`; employee: one of `employees` (both whatever the case); blueprint: the
    repository uses Render and has a deploy button; community: it uses Render. What is unknown (None) does not hold.
    Topics are anybody's to set, so they lead to a repository but never decide what it is.
    """
    login = owner.casefold()
    if login in {name.casefold() for name in orgs}:
        return "official"
    if login in {name.casefold() for name in employees}:
        return "employee"
    if not uses_render:
        return None
    return "blueprint" if has_deploy_button else "community"
