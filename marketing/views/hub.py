"""The page for marketing: what there is, how old it is, and what can be said of the workflow. And its proof."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.api.answers import for_machines
from dashboard.api.items import run_item
from dashboard.api.links import absolute
from dashboard.queries.moment import one_moment
from marketing.claims import ENOUGH, RULE, Claim, claims
from marketing.pages import page_context
from marketing.proof import read_asked
from marketing.queries.claims import ended_runs, measured_runs
from marketing.queries.stock import stock
from marketing.tiles import tiles


@require_safe
@cache_control(no_cache=True)
def hub(request: HttpRequest) -> HttpResponse:
    """A tile for each page and the claims; eight queries."""
    now = timezone.now()
    until = now.replace(microsecond=0)
    with one_moment():
        context = page_context("", now) | {"tiles": tiles(stock())}
        made = claims(measured_runs(until), until)
    context |= {"claims": [(claim, proof_href(claim.slug, until)) for claim in made]}
    return render(request, "marketing/hub.html", context | {"rule": RULE, "until": until, "enough": ENOUGH})


@for_machines
def claims_json(request: HttpRequest) -> HttpResponse:
    """The claims as they stood at a moment, and the records of exactly the runs that they, or one of them, rest on."""
    asked = read_asked(request.GET, timezone.now())
    runs = list(ended_runs(asked.until))
    made = [claim for claim in claims(runs, asked.until) if asked.claim in ("", claim.slug)]
    resting = {run for claim in made for run in claim.runs}
    return JsonResponse(
        {
            "until": asked.until.isoformat(),
            "rule": RULE,
            "runs_needed": ENOUGH,
            "claims": [claim_item(claim, asked.until) for claim in made],
            "runs": [run_item(run).model_dump(mode="json") for run in runs if run.execution_id in resting],
        }
    )


def claim_item(claim: Claim, until: datetime) -> dict[str, Any]:
    """Numbers as in the API; a claim that rests on too few runs has the value null."""
    value = None if claim.value is None else float(claim.value)
    return asdict(claim) | {"value": value, "proof": absolute(proof_href(claim.slug, until))}


def proof_href(slug: str, until: datetime) -> str:
    """The permalink of a claim at a moment: its runs as JSON, and the same claim computed of them anew."""
    return f"{reverse('marketing:claims')}?{urlencode({'claim': slug, 'until': f'{until:%Y-%m-%dT%H:%M:%SZ}'})}"
