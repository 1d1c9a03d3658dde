"""GitHub's REST endpoints that the pipeline asks, over the universe."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from pipeline.demo import rest_bodies, search
from pipeline.demo.clock import Moment
from pipeline.demo.messages import Answer, Request, json_answer, not_found, problem
from pipeline.demo.universe import Face, View

T = TypeVar("T")

MOST_HITS = 1000  # GitHub shows no more of a search
LONGEST_PAGE, LONGEST_HISTORY_PAGE = 100, 30
VIEWER = "demo--reader"


def answer(request: Request, view: View) -> Answer:
    """The answer to a GET, without the limits' headers; 304 where the client already has this very body."""
    for pattern, endpoint in ENDPOINTS:
        found = re.fullmatch(pattern, request.path, re.IGNORECASE)
        if found:
            return _unless_known(request, endpoint(request, view, *found.groups()))
    return not_found()


def _unless_known(request: Request, answer: Answer) -> Answer:
    if answer.status != 200:
        return answer
    etag = f'W/"{hashlib.sha256(answer.body).hexdigest()}"'
    caching = {"ETag": etag, "Cache-Control": "private, max-age=60, s-maxage=60", "Vary": "Accept, Authorization"}
    if request.headers.get("if-none-match") == etag:
        return Answer(304, headers=caching)
    answer.headers.update(caching)
    return answer


# Searches


def search_repositories(request: Request, view: View) -> Answer:
    """`/search/repositories`: full repository objects with topics."""
    query = request.query
    try:
        hits = search.repositories(view, query.get("q", ""), query.get("sort", ""), query.get("order", "desc"))
    except search.SearchError as error:
        return _refused_search(error)
    return _search_page(request, hits, lambda face: {**rest_bodies.repository(face, request.base), "score": 1.0})


def search_code(request: Request, view: View) -> Answer:
    """`/search/code`: files, with slim repository objects; only with a token."""
    if not request.token:
        errors = [
            {
                "message": "Must be authenticated to access the code search API",
                "resource": "Search",
                "field": "q",
                "code": "invalid",
            }
        ]
        return problem(401, "Requires authentication", errors=errors)
    try:
        hits = search.code(view, request.query.get("q", ""))
    except search.SearchError as error:
        return _refused_search(error)
    return _search_page(request, hits, lambda hit: rest_bodies.code_hit(*hit, request.base))


def _refused_search(error: search.SearchError) -> Answer:
    code = "missing" if str(error) == "missing" else "invalid"
    return problem(
        422, "Validation Failed", errors=[{"resource": "Search", "field": "q", "code": code, "message": str(error)}]
    )


def _search_page(request: Request, hits: Sequence[T], body: Callable[[T], object]) -> Answer:
    page, per_page = _page(request, LONGEST_PAGE)
    if page * per_page > MOST_HITS:
        return problem(422, "Only the first 1000 search results are available")
    shown = hits[:MOST_HITS]
    items = [body(hit) for hit in shown[(page - 1) * per_page : page * per_page]]
    content = {"total_count": len(hits), "incomplete_results": False, "items": items}
    return json_answer(200, content, _links(request, page, per_page, len(shown)))


# Repositories


def owned(request: Request, view: View, kind: str, login: str) -> Answer:
    """`/orgs/{org}/repos` and `/users/{user}/repos`; the first knows organisations only."""
    faces = view.owned_by(login)
    if not faces or (kind.lower() == "orgs" and faces[0].owner_type != "Organization"):
        return not_found()
    faces.sort(key=lambda face: face.full_name)
    return _list_page(request, faces, lambda face: rest_bodies.repository(face, request.base))


def by_name(request: Request, view: View, full_name: str, rest: str | None) -> Answer:
    """`/repos/{owner}/{name}` and below; a former name is sent on to the number."""
    face, moved = view.by_name(full_name)
    if face is None:
        return not_found()
    if moved:
        url = f"{request.base}/repositories/{face.id}{rest or ''}"
        location = f"{url}?{request.query_string}" if request.query_string else url
        return problem(301, "Moved Permanently", {"Location": location}, url=url)
    return _below(request, view, face, rest or "")


def by_id(request: Request, view: View, number: str, rest: str | None) -> Answer:
    """`/repositories/{id}` and below, whatever the repository is called now."""
    face = view.face(int(number))
    return not_found() if face is None else _below(request, view, face, rest or "")


def _below(request: Request, view: View, face: Face, rest: str) -> Answer:
    below = {"": _whole, "/stargazers/history": _star_history, "/commits": _commits}.get(rest.lower())
    return below(request, view, face) if below else not_found()


def _whole(request: Request, view: View, face: Face) -> Answer:
    body = rest_bodies.repository(face, request.base)
    if face.owner_type == "Organization":
        body["organization"] = body["owner"]
    return json_answer(
        200, {**body, "subscribers_count": face.stars // 60, "network_count": face.forks, "temp_clone_token": None}
    )


def _star_history(request: Request, view: View, face: Face) -> Answer:
    """Weeks of stars, newest first, at most 30 on a page."""
    life = face.repository.stars
    return _list_page(
        request, life.sundays(view.moment), lambda sunday: life.week(sunday, view.moment), LONGEST_HISTORY_PAGE
    )


def _commits(request: Request, view: View, face: Face) -> Answer:
    if face.repository.empty:
        return problem(409, "Git Repository is empty.")
    since = request.query.get("since")
    try:
        commits = face.repository.work.commits(Moment.parse(since) if since else None, view.moment)
    except ValueError:
        return problem(422, "Validation Failed")
    return _list_page(request, commits, lambda commit: rest_bodies.commit(face, commit[1], request.base))


# People


def viewer(request: Request, view: View) -> Answer:
    """`/user`: whose token it is."""
    if not request.token:
        return problem(401, "Requires authentication")
    return json_answer(200, _account(VIEWER, "User", request.base, 0), {"X-OAuth-Scopes": "public_repo"})


def account(request: Request, view: View, login: str) -> Answer:
    """`/users/{login}`."""
    faces = view.owned_by(login)
    if not faces:
        return not_found()
    owner, kind = faces[0].owner, faces[0].owner_type
    # Organisations have a site and people an e-mail address, under a name that nobody can have.
    told = {"blog": f"https://{owner}.invalid"} if kind == "Organization" else {"email": f"{owner}@demo.invalid"}
    return json_answer(200, _account(owner, kind, request.base, len(faces)) | told)


def _account(login: str, kind: str, base: str, count: int) -> dict[str, object]:
    unknown = dict.fromkeys(("company", "location", "email", "bio", "hireable", "twitter_username"))
    times = {"created_at": "2016-03-01T09:00:00Z", "updated_at": "2026-01-05T09:00:00Z"}
    body = rest_bodies.owner(login, kind, base)
    return {
        **body,
        "name": login,
        "blog": "",
        **unknown,
        "public_repos": count,
        "public_gists": 0,
        "followers": 12,
        "following": 0,
        **times,
    }


# Pages


def _list_page(request: Request, rows: Sequence[T], body: Callable[[T], object], longest: int = LONGEST_PAGE) -> Answer:
    page, per_page = _page(request, longest)
    content = [body(row) for row in rows[(page - 1) * per_page : page * per_page]]
    return json_answer(200, content, _links(request, page, per_page, len(rows)))


def _page(request: Request, longest: int) -> tuple[int, int]:
    """(page, rows on it); what is no number, or out of range, is put right as GitHub does it."""
    numbers = {key: int(value) for key, value in request.query.items() if re.fullmatch(r"[0-9]{1,6}", value)}
    return max(numbers.get("page", 1), 1), min(max(numbers.get("per_page", 30), 1), longest)


def _links(request: Request, page: int, per_page: int, count: int) -> dict[str, str]:
    """The Link header of a page; none where everything is on one."""
    last = max(-(-count // per_page), 1)
    others = [(key, value) for key, value in parse_qsl(request.query_string) if key != "page"]
    targets = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    shown = [rel for rel in targets if (page > 1 if rel in ("prev", "first") else page < last)]
    links = [
        f'<{request.base}{request.path}?{urlencode([*others, ("page", targets[rel])])}>; rel="{rel}"' for rel in shown
    ]
    return {"Link": ", ".join(links)} if links else {}


ENDPOINTS: tuple[tuple[str, Callable[..., Answer]], ...] = (
    (r"/search/repositories", search_repositories),
    (r"/search/code", search_code),
    (r"/(orgs|users)/([^/]+)/repos", owned),
    (r"/users/([^/]+)", account),
    (r"/user", viewer),
    (r"/repos/([^/]+/[^/]+)(/.*)?", by_name),
    (r"/repositories/([0-9]{1,10})(/.*)?", by_id),
)
