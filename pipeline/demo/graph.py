"""GitHub's GraphQL endpoint: parses, weighs and executes the pipeline's queries over the universe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from pipeline.demo import nodes
from pipeline.demo.connections import refused
from pipeline.demo.cost import Cost
from pipeline.demo.universe import View

MOST_IDS = 100
MOST_NODES = 500_000
MOST_SECONDS = 10.0  # GitHub's clock; a query that would take longer ends with 502

Json = dict[str, Any]
ResolveInfo = GraphQLResolveInfo[View]


@dataclass(frozen=True)
class Weighed:
    """A query that may be executed, with its variables and cost; or the answer that refuses it."""

    document: DocumentNode | None
    variables: Mapping[str, object]
    points: int
    node_count: int
    seconds: float
    refusal: Json | None = None

    @property
    def too_long(self) -> bool:
        """Whether GitHub's clock would end it."""
        return self.seconds > MOST_SECONDS


def weigh(query: str, variables: Mapping[str, object]) -> Weighed:
    """Parses, validates and weighs a query."""
    document, errors = _checked(query)
    if errors or document is None:
        return Weighed(None, variables, 1, 0, 0.05, {"errors": [_error(error) for error in errors]})
    cost = Cost(document, variables)
    refusal = None
    if cost.nodes > MOST_NODES:
        allowed = f"the maximum limit of {MOST_NODES:,}"
        message = f"This query requests up to {cost.nodes:,} possible nodes which exceeds {allowed}."
        refusal = {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]}
    return Weighed(document, variables, cost.points, cost.nodes, cost.seconds, refusal)


def execute(weighed: Weighed, view: View, rate_limit: Mapping[str, object]) -> Json:
    """The answer's JSON: data, and errors in GitHub's form. `rate_limit` has limit, remaining, used and resetAt."""
    if weighed.refusal is not None or weighed.document is None:
        return weighed.refusal or {}
    limits = {**rate_limit, "cost": weighed.points, "nodeCount": weighed.node_count}
    root = {"rateLimit": limits}
    result = execute_sync(schema(), weighed.document, root, context_value=view, variable_values=dict(weighed.variables))
    if result.errors is None:
        return {"data": result.data}
    errors = [_error(error) for error in result.errors]
    return (
        {"data": result.data, "errors": errors}
        if result.data is not None or _ran(result.errors)
        else {"errors": errors}
    )


def _ran(errors: list[GraphQLError]) -> bool:
    """Whether execution began at all; unfit variables stop it before, and then there is no `data`."""
    return any(error.path for error in errors)


def _error(error: GraphQLError) -> Json:
    """An error as GitHub writes it, with `type` beside the message."""
    written: Json = {"type": error.extensions["type"]} if error.extensions and "type" in error.extensions else {}
    if error.path:
        written["path"] = list(error.path)
    if error.locations:
        written["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return {**written, "message": error.message}


@lru_cache(maxsize=64)
def _checked(query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """A query text parsed and validated, once for each distinct text."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error]
    return document, validate(schema(), document)


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The schema with its three resolvers; every other field is an entry of the dict above it."""
    built = build_schema(Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8"))
    query = built.query_type
    if query is None:
        raise TypeError("the schema has no Query")
    query.fields["node"].resolve = _node
    query.fields["nodes"].resolve = _nodes
    query.fields["repository"].resolve = _repository
    return built


def _find(view: View, node_id: str) -> Json | GraphQLError:
    """The Repository with the id, or the error that stands in its place."""
    face = view.by_node_id(node_id)
    if face is None:
        return refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return nodes.repository(face)


def _node(_root: object, info: ResolveInfo, id: str) -> Json | GraphQLError:
    return _find(info.context, id)


def _nodes(_root: object, info: ResolveInfo, ids: list[str]) -> list[Json | GraphQLError]:
    if len(ids) > MOST_IDS:
        raise refused("ARGUMENT_LIMIT", f"You may not provide more than {MOST_IDS} node ids; you provided {len(ids)}.")
    return [_find(info.context, node_id) for node_id in ids]


def _repository(_root: object, info: ResolveInfo, owner: str, name: str, followRenames: bool = True) -> Json:
    face, moved = info.context.by_name(f"{owner}/{name}")
    if face is None or (moved and not followRenames):
        raise refused("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return nodes.repository(face)


def read_payload(body: bytes) -> tuple[str, Mapping[str, object]] | None:
    """(query, variables) of a request's body; None if it holds no query."""
    try:
        payload = json.loads(body)
    except ValueError:
        return None
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        return None
    variables = payload.get("variables") or {}
    return (payload["query"], variables) if isinstance(variables, dict) else None
