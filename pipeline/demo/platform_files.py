"""Other hosting platforms in made-up repositories: a config file in the root, and a README that names the platform."""

from pipeline.demo.builder import Plan

VERCEL = '{\n  "framework": "nextjs",\n  "regions": ["fra1"]\n}\n'
RAILWAY = '{\n  "build": {"builder": "RAILPACK"},\n  "deploy": {"restartPolicyType": "ON_FAILURE"}\n}\n'
RAILWAY_TOML = '[deploy]\nrestartPolicyType = "ON_FAILURE"\n'
FLY = 'app = "%s"\nprimary_region = "fra"\n\n[http_service]\n  internal_port = 8080\n'

MENTIONS = {
    "vercel.json": "It is hosted on [Vercel](https://vercel.com).",
    "railway.json": "It is hosted on [Railway](https://railway.com).",
    "fly.toml": "It is hosted on [Fly.io](https://fly.io).",
}
COMPARED = "Any platform will do, such as vercel.com, railway.com or fly.io."


def with_platforms(plan: Plan, n: int) -> Plan:
    """Adds what every so-many-th project has of another platform; some have the file only, some the name only."""
    files = _files(plan.full_name.split("/")[1], plan.language, n)
    named = [MENTIONS[name] for name in files if name in MENTIONS and n % 3]
    plan.files = {**plan.files, **files}
    plan.readme_parts = (*plan.readme_parts, *named, *((COMPARED,) if n % 16 == 9 else ()))
    return plan


def _files(name: str, language: str | None, n: int) -> dict[str, str]:
    if language == "TypeScript":
        return {"vercel.json": VERCEL} if n % 4 == 1 else {}
    if n % 8 == 2:
        return {"fly.toml": FLY % name}
    if n % 10 == 3:
        return {"railway.json": RAILWAY}
    return {"deploy/fly.toml": FLY % name} if n % 23 == 5 else {"railway.toml": RAILWAY_TOML} if n % 23 == 6 else {}
