"""GitHub's REST objects, with its field names, from the faces of the universe."""

from collections.abc import Mapping

from pipeline.demo.mix import text_salt
from pipeline.demo.universe import Face, blob_oid

Json = dict[str, object]

LICENSES = {
    "mit": "MIT License",
    "apache-2.0": "Apache License 2.0",
    "bsd-3-clause": 'BSD 3-Clause "New" or "Revised" License',
}
# What follows the repository's own address in the fields that lead on.
LINKS = {
    "forks_url": "/forks",
    "keys_url": "/keys{/key_id}",
    "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams",
    "hooks_url": "/hooks",
    "issue_events_url": "/issues/events{/number}",
    "events_url": "/events",
    "branches_url": "/branches{/branch}",
    "tags_url": "/tags",
    "trees_url": "/git/trees{/sha}",
    "languages_url": "/languages",
    "stargazers_url": "/stargazers",
    "contributors_url": "/contributors",
    "commits_url": "/commits{/sha}",
    "contents_url": "/contents/{+path}",
    "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "deployments_url": "/deployments",
}
SLIM = ("id", "node_id", "name", "full_name", "private", "owner", "html_url", "description", "fork", "url")


def owner(login: str, kind: str, base: str) -> Json:
    """A user or organisation as it stands inside other objects."""
    number = text_salt(login) % 100_000_000
    return {
        "login": login,
        "id": number,
        "node_id": f"{'O' if kind == 'Organization' else 'U'}_kgDO{number:08x}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": f"{base}/users/{login}",
        "html_url": f"https://github.com/{login}",
        "repos_url": f"{base}/users/{login}/repos",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def repository(face: Face, base: str) -> Json:
    """The full repository object of lists and searches."""
    url, page = f"{base}/repos/{face.full_name}", f"https://github.com/{face.full_name}"
    return {
        "id": face.id,
        "node_id": face.repository.node_id,
        "name": face.name,
        "full_name": face.full_name,
        "private": False,
        "owner": owner(face.owner, face.owner_type, base),
        "html_url": page,
        "description": face.description,
        "fork": face.repository.fork,
        "url": url,
        **{field: url + rest for field, rest in LINKS.items()},
        **_times(face),
        "git_url": f"git://github.com/{face.full_name}.git",
        "ssh_url": f"git@github.com:{face.full_name}.git",
        "clone_url": f"{page}.git",
        "homepage": face.repository.homepage,
        "size": sum(map(len, face.files.values())) // 1024,
        **_counts(face),
        "language": face.language,
        **_switches(face),
        "license": _license(face.repository.license, base),
        "topics": list(face.topics),
        "visibility": "public",
        "default_branch": "main",
    }


def slim_repository(face: Face, base: str) -> Json:
    """The repository object of code search, which says much less."""
    full = repository(face, base)
    return {field: full[field] for field in SLIM}


def code_hit(face: Face, path: str, base: str) -> Json:
    """One item of a code search."""
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": blob_oid(face.files[path]),
        "url": f"{base}/repositories/{face.id}/contents/{path}",
        "html_url": f"https://github.com/{face.full_name}/blob/main/{path}",
        "repository": slim_repository(face, base),
        "score": 1.0,
    }


def commit(face: Face, made: Mapping[str, object], base: str) -> Json:
    """One commit of a list; `made` is GraphQL's Commit."""
    author = made["author"]
    if not isinstance(author, dict):
        raise TypeError("a commit has one author")
    person = {"name": author["name"], "email": author["email"], "date": made["committedDate"]}
    user = author["user"]
    account = owner(user["login"], "User", base) if user else None
    sha = made["oid"]
    return {
        "sha": sha,
        "url": f"{base}/repos/{face.full_name}/commits/{sha}",
        "html_url": f"https://github.com/{face.full_name}/commit/{sha}",
        "commit": {"author": person, "committer": person, "message": "Keep going", "comment_count": 0},
        "author": account,
        "committer": account,
        "parents": [],
    }


def _times(face: Face) -> Json:
    pushed = face.pushed
    return {
        "created_at": face.repository.created.iso,
        "updated_at": face.updated.iso,
        "pushed_at": pushed.iso if pushed else None,
    }


def _counts(face: Face) -> Json:
    unsettled = face.open_issues + face.open_pull_requests
    counts = {"stargazers": face.stars, "watchers": face.stars, "forks": face.forks, "open_issues": unsettled}
    return {
        **{f"{name}_count": count for name, count in counts.items()},
        "forks": face.forks,
        "open_issues": unsettled,
        "watchers": face.stars,
    }


def _switches(face: Face) -> Json:
    on = ("has_issues", "has_projects", "has_downloads", "has_wiki", "allow_forking")
    off = ("has_pages", "has_discussions", "is_template", "web_commit_signoff_required", "disabled")
    return {
        **dict.fromkeys(on, True),
        **dict.fromkeys(off, False),
        "archived": face.repository.archived,
        "mirror_url": None,
    }


def _license(key: str | None, base: str) -> Json | None:
    if key is None:
        return None
    spdx = {"mit": "MIT", "apache-2.0": "Apache-2.0", "bsd-3-clause": "BSD-3-Clause"}[key]
    return {"key": key, "name": LICENSES[key], "spdx_id": spdx, "url": f"{base}/licenses/{key}", "node_id": f"L_{key}"}
