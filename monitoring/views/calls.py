"""The list of calls: who is to be called, at which hours, what may be said there; one tap a try; the same questions by voice."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework import contact
from casework.models import Reach
from casework.states import Reached
from casework.views.verbs import kept_or_dropped, typed_context
from monitoring import instruments, rules, schedule
from monitoring.actions import alarms, answering, calling
from monitoring.forms import AttemptForm, InterviewForm, WaiveForm
from monitoring.models import Answer, Round
from monitoring.panels import touch_of
from monitoring.queries import TAPS, call_rows
from monitoring.states import Way
from workflows import accesses, clock
from workflows.acting import Refused
from workflows.drafts import Typed
from workflows.models import Task

PAGE = 25


def _seen(request: HttpRequest, key: Any) -> Round:
    """The round among those of files that this user may see, or 404."""
    rounds = Round.objects.visible_to(request.user).select_related(
        "case__person", "case__programme", "case__office", "case__caseworker", "schedule"
    )
    one: Round = get_object_or_404(rounds, pk=key)
    return one


def _may_call(request: HttpRequest) -> None:
    if not scope_of(request.user).may("monitoring.log_attempt"):
        raise PermissionDenied(_("Caseworkers and supervisors make these calls."))


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """The calls of the offices where this user calls: mine first, the one that closes first on top."""
    _may_call(request)
    offices = scope_of(request.user).where("monitoring.log_attempt")
    rounds = Round.objects.visible_to(request.user).to_call().filter(case__office__in=_listed(offices))
    if request.GET.get("whose") != "office":
        rounds = rounds.filter(case__caseworker=request.user)
    rounds = rounds.with_attempts().select_related("case__person", "case__office", "case__caseworker", "schedule")
    after = request.GET.get("after", "")
    if "_" in after:
        day, _sep, key = after.partition("_")
        rounds = rounds.filter(closes_on__gte=day).exclude(closes_on=day, pk__lte=key)
    page = list(rounds.prefetch_related("case__person__reaches").order_by("closes_on", "pk")[: PAGE + 1])
    rows = call_rows(page[:PAGE])
    last = page[PAGE - 1] if len(page) > PAGE else None
    mine = Task.objects.open().filter(kind=alarms.KIND, assignee_id=str(request.user.pk)).order_by("due_at")
    urgent = {
        str(one.pk): one
        for one in Round.objects.not_barring(request.user)
        .select_related("case__person")
        .filter(pk__in=[task.params["round"] for task in mine])
    }
    return render(
        request,
        "monitoring/calls.html",
        {
            "rows": rows,
            "alarms": [(task, urgent[task.params["round"]]) for task in mine if task.params["round"] in urgent],
            "whose": request.GET.get("whose", "mine"),
            "next": f"{last.closes_on}_{last.pk}" if last else "",
            "taps": TAPS,
        },
    )


def _listed(offices: Any) -> Any:
    return Office.objects.all() if offices == EVERYWHERE else offices


@require_GET
def call(request: HttpRequest, key: Any) -> HttpResponse:
    """One call: what may be said, to whom, by which way, and what was tried."""
    _may_call(request)
    return _call_page(request, _seen(request, key))


def _call_page(request: HttpRequest, one: Round, blockers: Any = (), status: int = 200) -> HttpResponse:
    accesses.note(request, "person", one.case.person_id)
    person, now = one.case.person, clock.now()
    safety = contact.safety_of([person.pk]).get(person.pk, [])
    ways = []
    for way in person.reaches.all():
        if way.usable:
            blocked = contact.may_contact(person, way, now, safety=safety)
            if blocked is None and way.whose == Reach.Whose.TRUSTED:
                facts = Round.load_facts([one])[one.pk]
                blocked = next(iter(rules.blockers_to_going_through_another(facts, way, safety=safety)), None)
            ways.append({"way": way, "blocked": blocked})
    context = {
        "round": one,
        "person": person,
        "ways": ways,
        "attempts": list(one.attempts.select_related("by")),
        "signs": rules.signs_of_losing_touch(touch_of(one)),
        "taps": TAPS,
        "blockers": blockers,
        "later_from": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
    }
    return render(request, "monitoring/call.html", context, status=status)


@require_POST
def log_attempt(request: HttpRequest, key: Any) -> HttpResponse:
    """One tap: reached, no answer, wrong number, later."""
    _may_call(request)
    one = _seen(request, key)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return _call_page(request, one, status=422)
    data = form.cleaned_data
    reach = one.case.person.reaches.filter(pk=data["reach"]).first() if data["reach"] else None
    way = Way.VISIT if reach is not None and reach.kind == Reach.Kind.VISIT else Way.PHONE
    try:
        calling.log_attempt(one, by=request.user, outcome=data["outcome"], reach=reach, way=way, later_at=data["later_at"])
    except Refused as refused:
        return _call_page(request, one, refused.blockers, status=409)
    if data["outcome"] == Reached.REACHED:
        return redirect("monitoring:record_interview", key=one.pk)
    messages.success(request, _("Kept: %(outcome)s.") % {"outcome": Reached(data["outcome"]).label})
    if request.POST.get("back") == "list":
        return redirect("monitoring:calls")
    if request.POST.get("back") == "day":
        return redirect("home")
    return redirect("monitoring:call", key=one.pk)


@require_http_methods(["GET", "POST"])
def record_interview(request: HttpRequest, key: Any) -> HttpResponse:
    """The same questions, read aloud; what is left empty was not asked. What the person wrote on the page is not shown."""
    _may_call(request)
    one = _seen(request, key)
    if not one.instruments:
        one.instruments = schedule.asked_in(one.schedule.kind, one.months)
    questions = [answering.Question(asked, item) for asked in answering.asked_by(one) for item in asked.items]
    kept = {f"{row.instrument}.{row.item}" for row in Answer.objects.filter(round=one).only("instrument", "item")}
    questions = [question for question in questions if question.key not in kept]
    typed = Typed(request.user, "monitoring.record_interview", one.stream)
    if answer := typed.answer(request) or kept_or_dropped(request, typed):
        return answer
    form = InterviewForm(questions, request.POST or None, initial={"version": one.version, "way": Way.PHONE, "refused": ""})
    typed.into(form)
    blockers: list[Any] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            answering.record_interview(
                one, by=request.user, way=data["way"], answers=form.given, refused=data["refused"], version=data["version"]
            )
        except Refused as caught:
            blockers = caught.blockers
        else:
            typed.drop()
            messages.success(request, _("The talk is kept. What was said is read by those who look after the call-backs."))
            return redirect("monitoring:calls")
    accesses.note(request, "person", one.case.person_id)
    status = 409 if blockers else 422 if request.method == "POST" else 200
    return render(
        request,
        "monitoring/record_interview.html",
        {"round": one, "person": one.case.person, "form": form, "blockers": blockers}
        | typed_context(typed, form, one.version, long=True),
        status=status,
    )


@require_http_methods(["GET", "POST"])
def waive(request: HttpRequest, key: Any) -> HttpResponse:
    """Leave this round out, with its reason."""
    _may_call(request)
    one = _seen(request, key)
    form = WaiveForm(request.POST or None, initial={"version": one.version})
    blockers: list[Any] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            calling.waive(one, by=request.user, why=data["why"], words=data["words"], version=data["version"])
        except Refused as caught:
            blockers = caught.blockers
        else:
            messages.success(request, _("This round is left out. The later ones are asked as planned."))
            return redirect("monitoring:calls")
    status = 409 if blockers else 422 if request.method == "POST" else 200
    return render(
        request,
        "monitoring/waive.html",
        {"round": one, "person": one.case.person, "form": form, "blockers": blockers},
        status=status,
    )


@require_POST
def hand_to_caseworker(request: HttpRequest, key: Any) -> HttpResponse:
    """Put the round on the list of calls now."""
    _may_call(request)
    one = _seen(request, key)
    try:
        calling.hand_to_caseworker(one, by=request.user)
    except Refused as refused:
        return _call_page(request, one, refused.blockers, status=409)
    return redirect("monitoring:call", key=one.pk)


@require_POST
def acknowledge_alarm(request: HttpRequest, task: int) -> HttpResponse:
    """“I am on it”."""
    found = get_object_or_404(Task, pk=task, kind=alarms.KIND, assignee_id=str(request.user.pk))
    one = alarms.acknowledge_alarm(found, by=request.user)
    return redirect("monitoring:call", key=one.pk)


@require_GET
def answers(request: HttpRequest, key: Any) -> HttpResponse:
    """What was answered: all of it for those who look after the call-backs, what was ticked for the adviser, else nothing."""
    one = _seen(request, key)
    rows = Answer.objects.filter(round=one).readable_by(request.user, one.case)
    scope = scope_of(request.user)
    if not (scope.reads("answers", one.case.office_id) or one.case.caseworker_id == request.user.pk):
        raise PermissionDenied(_("Answers are read by those who look after the call-backs."))
    accesses.note(request, "person", one.case.person_id, purpose="answers")
    language = get_language() or "en"
    shown = []
    for asked in answering.asked_by(one):
        for row in rows.filter(instrument=asked.name).order_by("pk"):
            item = asked.item(row.item)
            if item is None:
                continue
            if row.declined:
                words = instruments.text(asked.prefer_not, language)
            else:
                codes = row.said.split(",") if item.type == "many" else [row.said]
                words = ", ".join(instruments.text(option, language) if (option := item.option(code)) else code for code in codes)
            shown.append({"question": instruments.text(item, language), "answer": words, "row": row})
    return render(request, "monitoring/answers.html", {"round": one, "person": one.case.person, "shown": shown})
