"""What the page says of a file: findings, tables, the drawing and the scores. Pure: text in, report out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from dashboard import diagram as drawing
from marketing.linting.blueprint import TYPE_WORDS, Blueprint, Part, Service, blueprint
from marketing.linting.document import Document, Path, UnreadableError, read
from marketing.linting.facts import SPEC, Page
from marketing.linting.findings import SEVERITIES, Remark, Rule, Severity
from marketing.linting.rules import RULES
from marketing.linting.wording import shape
from pipeline.detection.render_yaml import RenderYaml, ScorePart, read_blueprint

MOST_FINDINGS = 200
MOST_ROWS = 200
LONGEST_EXCERPT = 120
SECRET_RULES = {"secret-in-the-file", "connection-string-in-the-file"}
SEVERITY_WORDS: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "hint": ("hint", "hints"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a sentence; quoted ones are of the file or for it."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is the place within the file, as in services[0].plan, empty for the file as a whole.

    `excerpt` is the line as it stands there, and empty where it may hold a secret.
    """

    rule: str
    severity: Severity
    path: str
    line: int | None
    column: int | None
    message: tuple[Word, ...]
    remedy: tuple[Word, ...]
    says: str
    page: Page
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A service or database of the tables; an empty text is not stated in the file, None does not apply to its type."""

    type: str
    name: str
    runtime: str | None
    plan: str | None
    region: str | None
    count: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """An environment group and how many variables it sets."""

    name: str
    variables: int
    line: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of a file. Where it could not be read there is one finding and nothing else."""

    findings: tuple[Finding, ...]
    findings_left_out: int = 0
    services: tuple[Row, ...] = ()
    databases: tuple[Row, ...] = ()
    groups: tuple[Group, ...] = ()
    rows_left_out: int = 0
    diagram: drawing.Diagram | None = None
    complexity: Decimal | None = None
    complexity_parts: tuple[ScorePart, ...] = ()
    diversity: int | None = None
    types: tuple[str, ...] = ()
    is_cut: bool = False

    def counts(self) -> list[tuple[Severity, int, str]]:
        """(severity, how many, the word for so many) for each severity, errors first."""
        found = [finding.severity for finding in self.findings]
        return [
            (severity, found.count(severity), SEVERITY_WORDS[severity][found.count(severity) != 1])
            for severity in SEVERITIES
        ]


def lint(text: str, rules: Iterable[Rule] = RULES) -> Report:
    """Look a render.yaml over. Never raises, whatever the text; takes no more than a few seconds for the worst."""
    try:
        document = read(text)
    except UnreadableError as error:
        return Report((_unreadable(str(error), error.line, error.column),))
    if document.value is None:
        return Report((_unreadable("The file is empty.", None, None),))
    if not isinstance(document.value, dict):
        return Report((_unreadable(f"The file is {shape(document.value)} and has to be a mapping.", 1, None),))
    return _report(blueprint(document, document.value), read_blueprint(document.value), rules)


def _unreadable(sentence: str, line: int | None, column: int | None) -> Finding:
    remedy = (
        "A Blueprint begins with keys such as `services`." if column is None else "Look here and at the line before."
    )
    says = "A Blueprint is a YAML file whose top level is a mapping."
    message = (Word(sentence, is_quoted=False),)
    return Finding("unreadable", "error", "", line, column, message, words(remedy), says, SPEC)


def _report(found: Blueprint, facts: RenderYaml, rules: Iterable[Rule]) -> Report:
    findings = sorted(_findings(found, rules), key=lambda one: (SEVERITIES.index(one.severity), one.line or 0))
    stores = found.of("database")
    return Report(
        findings=with_excerpts(findings[:MOST_FINDINGS], found.document.text),
        findings_left_out=max(len(findings) - MOST_FINDINGS, 0),
        services=tuple(_service_row(service, found.document) for service in found.services[:MOST_ROWS]),
        databases=tuple(_database_row(part, found.document) for part in stores[:MOST_ROWS]),
        groups=tuple(_group(part, found.document) for part in found.of("group")[:MOST_ROWS]),
        rows_left_out=sum(max(len(found.of(kind)) - MOST_ROWS, 0) for kind in ("service", "database", "group")),
        diagram=_diagram(facts),
        complexity=None if facts.problem else facts.complexity(),
        complexity_parts=() if facts.problem else facts.complexity_parts(),
        diversity=None if facts.problem else facts.diversity,
        types=tuple(drawing.TYPE_WORDS.get(type_, type_) for type_ in facts.service_counts()),
        is_cut=found.is_cut,
    )


def _findings(found: Blueprint, rules: Iterable[Rule]) -> Iterable[Finding]:
    for rule in rules:
        for remark in rule.remarks(found):
            yield _finding(rule, remark, found.document)


def _finding(rule: Rule, remark: Remark, document: Document) -> Finding:
    return Finding(
        rule=rule.name,
        severity=rule.severity,
        path=written(remark.path),
        line=document.line(remark.path),
        column=None,
        message=words(remark.message),
        remedy=words(remark.remedy),
        says=rule.says,
        page=rule.page,
    )


def with_excerpts(findings: list[Finding], text: str) -> tuple[Finding, ...]:
    """Add the lines they speak of, but none in which any finding saw a secret."""
    lines = text.split("\n")
    secret = {finding.line for finding in findings if finding.rule in SECRET_RULES}
    return tuple(
        replace(finding, excerpt=_excerpt(lines, finding.line)) if finding.line not in secret else finding
        for finding in findings
    )


def _excerpt(lines: list[str], line: int | None) -> str:
    text = lines[line - 1].strip() if line is not None and line <= len(lines) else ""
    return text if len(text) <= LONGEST_EXCERPT else f"{text[: LONGEST_EXCERPT - 1]}…"


def written(path: Path) -> str:
    """ "services[0].envVars[2].value"."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")[:200]


def words(sentence: str) -> tuple[Word, ...]:
    """Take a sentence apart at its grave accents; every second piece is quoted."""
    pieces = enumerate(sentence.split("`"))
    return tuple(Word(piece, bool(position % 2)) for position, piece in pieces if piece)


def _service_row(service: Service, document: Document) -> Row:
    is_static = service.type == "static"
    return Row(
        type=TYPE_WORDS.get(service.type, service.text("type")),
        name=service.name,
        runtime=service.runtime or (None if service.type == "keyvalue" else ""),
        plan=service.text("plan") or (None if is_static else ""),
        region=service.text("region") or (None if is_static else ""),
        count=_count(service),
        line=document.line(service.path),
    )


def _count(service: Service) -> str | None:
    """How many instances are asked for: "3" or "1 to 5"; empty where the file does not say."""
    scaling = service.fields.get("scaling")
    if isinstance(scaling, dict):
        bounds = [str(scaling[key])[:10] for key in ("minInstances", "maxInstances") if scaling.get(key) is not None]
        return " to ".join(bounds)
    return service.text("numInstances") or (None if service.type in {"static", "cron", "keyvalue"} else "")


def _database_row(part: Part, document: Document) -> Row:
    return Row(
        type="Postgres",
        name=part.name,
        runtime=part.text("postgresMajorVersion"),
        plan=part.text("plan"),
        region=part.text("region"),
        count=part.text("diskSizeGB"),
        line=document.line(part.path),
    )


def _group(part: Part, document: Document) -> Group:
    variables = part.fields.get("envVars")
    return Group(part.name, len(variables) if isinstance(variables, list) else 0, document.line(part.path))


def _diagram(facts: RenderYaml) -> drawing.Diagram | None:
    services = [
        drawing.Service(service.name, service.type, "" if service.runtime == service.type else service.runtime or "")
        for service in facts.services
    ]
    connections = [drawing.Connection(way.source, way.target, way.kind) for way in facts.connections]
    return drawing.diagram(services, connections, facts.env_groups)
