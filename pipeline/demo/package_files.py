"""package.json texts of the made-up TypeScript repositories: the many ways of asking npm for Next.js."""

import json
from collections.abc import Iterable

# Each of these asks for 16 or newer, in one of the ways that npm understands.
NEXT_16 = (
    "^16.0.0",
    "16.0.1",
    "^16.1.0",
    "~16.0.3",
    "16.x",
    "16",
    "^16",
    ">=16.0.0",
    ">=16.1.0 <18",
    "^16.2.0",
    "16.0.0 - 17.x",
    "~16.1",
    "v16.0.2",
    "=16.1.1",
    "^16.0.0 || ^17.0.0",
    "^16.3.0-canary.12",
    "npm:next@^16.1.0",
    "16.2.4",
    "> 16.0.0",
    "^16.x",
)
OLDER_NEXT = (
    "^15.3.1",
    "14.2.3",
    "15.x",
    "^13.5.0 || ^14.0.0",
    "~15.5.0",
    ">=12 <16",
    "13.4.8-canary.13",
    "9.5.5",
    "^15",
    "npm:next@15.1.0",
)
UNKNOWN_NEXT = (
    "workspace:*",
    "catalog:",
    "workspace:^",
    "catalog:web",
    "github:demo--forks/next#main",
    "file:../next",
    "*",
)

WORKSPACES = ("apps/web", "web", "frontend", "site", "docs", "packages/app")


def package_json(
    name: str, dependencies: dict[str, str], *, development: dict[str, str] | None = None, **more: object
) -> str:
    """A package.json; `more` are further top-level keys."""
    body: dict[str, object] = {"name": name, "version": "0.4.0", "private": True, **more}
    body["scripts"] = {"dev": "next dev", "build": "next build"} if "next" in dependencies else {"build": "tsc -b"}
    body["dependencies"] = dependencies
    if development:
        body["devDependencies"] = development
    return json.dumps(body, indent=2) + "\n"


def next_files(name: str, spec: str, folder: str = "", *, in_development: bool = False) -> dict[str, str]:
    """The files of a project that asks for Next.js `spec` in a folder ("" is the root, else a workspace)."""
    react = {"react": "^19.2.0", "react-dom": "^19.2.0"}
    tools = {"typescript": "^5.9.2", "@types/react": "^19.2.0", "eslint-config-next": "16.0.0"}
    if in_development:
        package = package_json(name, react, development={**tools, "next": spec})
    else:
        package = package_json(name, {"next": spec, **react}, development=tools)
    if not folder:
        return {"package.json": package, "next.config.ts": "export default {};\n"}
    files = {"package.json": workspace_root(name, [folder]), f"{folder}/package.json": package}
    if spec.startswith("catalog:"):
        files["pnpm-workspace.yaml"] = 'packages:\n  - "apps/*"\n  - "packages/*"\ncatalog:\n  next: ^16.0.0\n'
    return files


def workspace_root(name: str, folders: Iterable[str]) -> str:
    """The root package.json of a monorepo, which asks for no framework itself."""
    patterns = [f"{folder.split('/')[0]}/*" if "/" in folder else folder for folder in folders]
    return package_json(f"{name}-workspace", {}, development={"turbo": "^2.5.0"}, workspaces=patterns)


def other_files(name: str, kind: int) -> dict[str, str]:
    """A TypeScript project without Next.js; the kinds 0 to 3 come close to it in name."""
    near = (
        {"next-themes": "^0.4.6", "vite": "^7.1.0"},
        {"i18next": "^25.0.0", "react": "^19.2.0"},
        {"@next/eslint-plugin-next": "16.0.0", "eslint": "^9.30.0"},
        {"nuxt": "^4.1.0", "vue": "^3.5.0"},
        {"fastify": "^5.6.0", "zod": "^4.1.0"},
        {"hono": "^4.9.0"},
    )
    return {"package.json": package_json(name, near[kind % len(near)], development={"typescript": "^5.9.2"})}
