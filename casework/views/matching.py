"""Matching: jobs for a person, people for a job, and where to begin. One press applies; nothing goes to an employer by itself."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.scope import scope_of
from casework.match_page import Matched, jobs_for_case, open_jobs, people_for_job, people_looking
from casework.matching import GROUPS, IGNORED, OTHER
from casework.models import Vacancy
from casework.views.case import opened
from casework.views.verbs import option_of
from workflows import clock

SHOWN = 25


def _may_match(request: HttpRequest) -> None:
    if not scope_of(request.user).may("casework.apply_for_vacancy"):
        raise PermissionDenied(_("Caseworkers and supervisors find work with people."))


@require_safe
def match(request: HttpRequest) -> HttpResponse:
    """Who looks for work, one's own people first, and the jobs that are to be had."""
    _may_match(request)
    looking, jobs = people_looking(request.user), open_jobs()
    mine = list(looking.filter(caseworker=request.user.pk)[: SHOWN + 1])
    others = list(looking.exclude(caseworker=request.user.pk)[: SHOWN + 1 - len(mine)])
    found = list(jobs[: SHOWN + 1])
    context = {
        "people": [*mine, *others][:SHOWN],
        "more_people": len(mine) + len(others) > SHOWN,
        "jobs": found[:SHOWN],
        "more_jobs": len(found) > SHOWN,
    }
    return render(request, "casework/match.html", context)


@require_safe
def match_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The jobs for the person of this file: what fits, what is missing, and what was left out."""
    case = opened(request, pk)
    if not scope_of(request.user).may("casework.apply_for_vacancy", case.office_id):
        raise PermissionDenied(_("Caseworkers and supervisors find work with people."))
    context = {"case": case, "option": option_of(case, request.user, "apply_for_vacancy"), **_shown(jobs_for_case(case))}
    return render(request, "casework/match_case.html", context)


@require_safe
def match_vacancy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The people for this job among the files that one may see, the same way."""
    _may_match(request)
    vacancy = get_object_or_404(Vacancy.objects.with_concerns().select_related("employer"), pk=pk)
    over = vacancy.filled_on is not None or bool(vacancy.expires_on and vacancy.expires_on < clock.today())
    shown: dict[str, Any] = {} if over else _shown(people_for_job(request.user, vacancy))
    return render(request, "casework/match_vacancy.html", {"vacancy": vacancy, "over": over, **shown})


def _shown(matched: Matched) -> dict[str, Any]:
    return {
        # What has little to do with the person is there, and folded.
        "folded": GROUPS[OTHER] if len(matched.found.groups) > 1 else "",
        "groups": [(title, [(matched.rows[one.key], fit) for one, fit in pairs]) for title, pairs in matched.found.groups],
        "left_out": [(why, [matched.rows[one.key] for one in some]) for why, some in matched.found.left_out],
        "more": matched.more,
        "compared": len(matched.rows),
        "ignored": IGNORED,
    }
