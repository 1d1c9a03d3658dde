"""The ordinary files of a made-up repository: README, Dockerfile, and what its language puts in the root."""

SOURCES: dict[str, dict[str, str]] = {
    "Python": {
        "pyproject.toml": '[project]\nname = "{name}"\nrequires-python = ">=3.11"\n',
        "src/app.py": "print('ready')\n",
    },
    "TypeScript": {
        "tsconfig.json": '{{"compilerOptions": {{"strict": true}}}}\n',
        "src/index.ts": "export const ready = true;\n",
    },
    "JavaScript": {
        "package.json": '{{"name": "{name}", "dependencies": {{"express": "^5.1.0"}}}}\n',
        "server.js": "// ready\n",
    },
    "Go": {"go.mod": "module example.invalid/{name}\n\ngo 1.25\n", "main.go": "package main\n\nfunc main() {{}}\n"},
    "Rust": {"Cargo.toml": '[package]\nname = "{name}"\nedition = "2024"\n', "src/main.rs": "fn main() {{}}\n"},
    "Ruby": {"Gemfile": 'source "https://rubygems.org"\ngem "rails"\n', "config.ru": "run Rails.application\n"},
    "Elixir": {"mix.exs": "defmodule App.MixProject do\nend\n", "lib/app.ex": "defmodule App do\nend\n"},
    "PHP": {"composer.json": '{{"require": {{"laravel/framework": "^12.0"}}}}\n', "public/index.php": "<?php\n"},
}

RENDER_BUTTON = (
    "[![Deploy to Render](https://render.com/images/deploy-to-render-button.svg)]"
    "(https://render.com/deploy?repo=https://github.com/{full_name})"
)
BARE_BUTTON = (
    '<a href="https://render.com/deploy">'
    '<img src="https://render.com/images/deploy-to-render-button.svg" alt="Deploy"></a>'
)
OTHER_VENDORS_BUTTON = "[![Deploy](https://www.herokucdn.com/deploy/button.svg)](https://www.heroku.com/deploy)"

PARTS = {
    "usage": "## Usage\n\nRun it, open the address it prints, and follow the first page. All settings have defaults.\n",
    "settings": "## Settings\n\n| name | default |\n|---|---|\n| PORT | 10000 |\n| LOG_LEVEL | info |\n",
    "development": "## Development\n\nThe tests run with one command and need no network.\n",
    "licence": "## Licence\n\nMIT.\n",
}


def readme(full_name: str, description: str | None, parts: int, *more: str) -> str:
    """A README with the first `parts` of PARTS (0 to 4), after the paragraphs in `more`."""
    name = full_name.split("/")[1]
    chapters = list(PARTS.values())[:parts]
    return "\n\n".join([f"# {name}", description or "No words yet.", *more, *chapters]).rstrip() + "\n"


def dockerfile(language: str | None) -> str:
    """A small Dockerfile for the language."""
    base = {"PHP": "php:8.4-apache", "Python": "python:3.13-slim", "Go": "golang:1.25"}.get(
        language or "", "debian:stable-slim"
    )
    return f'FROM {base}\nWORKDIR /srv\nCOPY . .\nEXPOSE 10000\nCMD ["./start"]\n'


def sources(name: str, language: str | None) -> dict[str, str]:
    """What a project in the language has besides its README."""
    common = {".gitignore": "*.log\n.env\n", "LICENSE": "MIT License\n"}
    return {**common, **{path: text.format(name=name) for path, text in SOURCES.get(language or "", {}).items()}}
