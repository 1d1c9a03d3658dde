"""What a GraphQL query costs: points by GitHub's rule, and seconds by a model of its clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
)

CONNECTIONS = {"history", "issues", "pullRequests", "repositoryTopics"}
BASE_SECONDS = 0.1
NODE_SECONDS = 0.006  # each repository looked up
HISTORY_SECONDS = 0.03  # a page of 100 commits; shorter ones in proportion, ten at least
ISSUES_SECONDS = 0.008
OBJECT_SECONDS = 0.003
# Work of so many seconds takes twice as long: 20 repositories with their history and closed issues need a little more
# than a second, a hundred more than the ten that GitHub gives a query.
DOUBLING_SECONDS = 3.0


@dataclass
class Cost:
    """The sums over a query: connection requests, nodes that might come back, seconds of work."""

    document: DocumentNode
    variables: Mapping[str, object]
    requests: int = 0
    nodes: int = 0
    work: float = 0.0
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fragments = {d.name.value: d for d in self.document.definitions if isinstance(d, FragmentDefinitionNode)}
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self._walk(definition.selection_set, 1)

    @property
    def points(self) -> int:
        """Requests / 100, at least 1."""
        return max(1, round(self.requests / 100))

    @property
    def seconds(self) -> float:
        """What the query takes by the model; large ones take longer than in proportion."""
        return BASE_SECONDS + self.work * (1 + self.work / DOUBLING_SECONDS)

    def _walk(self, selections: SelectionSetNode, times: int) -> None:
        """Adds what the selections cost when they are made `times` times."""
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                self._walk(self.fragments[node.name.value].selection_set, times)
            elif isinstance(node, InlineFragmentNode):
                self._walk(node.selection_set, times)
            elif isinstance(node, FieldNode) and node.selection_set is not None:
                self._walk(node.selection_set, times * self._field(node, times))

    def _field(self, node: FieldNode, times: int) -> int:
        """Adds one field's own cost; says how many objects it may give."""
        name = node.name.value
        if name in ("node", "nodes", "repository"):
            size = self._size(node, "ids") if name == "nodes" else 1
            self.nodes += size * times
            self.work += NODE_SECONDS * size * times
            return max(size, 1)
        if name == "object":
            self.work += OBJECT_SECONDS * times
        if name not in CONNECTIONS:
            return 1
        return self._connection(name, self._size(node, "first"), times)

    def _connection(self, name: str, size: int, times: int) -> int:
        self.requests += times if size else 0
        self.nodes += size * times
        if name == "history":
            self.work += HISTORY_SECONDS * max(size, 10) / 100 * times
        elif name in ("issues", "pullRequests"):
            self.work += ISSUES_SECONDS * times
        return max(size, 1)

    def _size(self, node: FieldNode, argument: str) -> int:
        """A number argument's value, a list argument's length, 0 if it is not given."""
        value = next((given.value for given in node.arguments or () if given.name.value == argument), None)
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, StringValueNode):
            return 1
        given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return given if isinstance(given, int) else len(given) if isinstance(given, list) else 0
