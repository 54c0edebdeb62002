"""The talk, two chairs and one screen; the slip that the person takes along; and a new person."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import scope_of
from casework import words
from casework.actions import case as case_verbs
from casework.actions import people, plan, support, talks, work
from casework.actions.newcomer import hold_beside, refer_again, refer_newcomer
from casework.actions.notes import write_note
from casework.case_page import cases_for
from casework.duplicates import Identity
from casework.forms import talk as forms
from casework.forms.people import ways_of
from casework.models import Case, Person, PossibleDuplicate, Programme
from casework.possible import Candidate, alike, could_be
from casework.talk import PARTS, Talk
from casework.views.case import opened
from workflows import clock
from workflows.acting import Blocker, NotYours, Refused, Stale

Decision = PossibleDuplicate.Decision


# ——— the page ———


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """GET shows the parts as they stand; POST says one part, performs what follows from it, and drops what was typed of it."""
    case = _mine(request, pk)
    if request.method != "POST":
        return _page(request, Talk(case, request.user))
    part = request.POST.get("part", "")
    here = Talk(case, request.user)
    if verb := request.POST.get("begin"):
        return _begin(request, here, verb)
    if "nothing" in request.POST:
        here.drop()
        return redirect(f"{reverse('casework:slip', args=[pk])}?nothing=1")
    if part not in PARTS:
        return redirect(_address(case, ""))
    if "keep" in request.POST:
        here.keep(part, request.POST)
        return redirect(_address(case, part))
    if "decide" in request.POST:
        return _decide(request, here)
    return _say(request, here, part)


@require_POST
def autosave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what stands in a part: no event, no verb, nothing that another could read."""
    here = Talk(_mine(request, pk), request.user)
    part = request.POST.get("part", "")
    if part not in PARTS:
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    draft = here.keep(part, request.POST)
    answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
    answer["X-Saved-At"] = timezone.localtime(draft.saved_at).strftime("%H:%M")
    return answer


def _mine(request: HttpRequest, pk: uuid.UUID) -> Case:
    """The file, for those who hold talks; others who see it are told whose it is."""
    case = opened(request, pk)
    if not scope_of(request.user).may("casework.record_session", case.office_id):
        raise PermissionDenied(_("The caseworker, the supervisor or the protection lead holds this talk."))
    return case


def _address(case: Case, part: str) -> str:
    address = reverse("casework:talk", args=[case.pk])
    return f"{address}?step={part}#{part}" if part else address


def _page(request: HttpRequest, here: Talk, *, part: str = "", form: Any = None, status: int = HTTPStatus.OK) -> HttpResponse:
    case, short = here.case, "session" in request.GET
    asked = part or ("session" if short else request.GET.get("step", ""))
    parts = here.open_parts(asked) | ({part} if part else set())
    in_use = words.words_in(request.GET.get("words", ""), case.person.language, get_language() or "")
    mine = words.words_in(get_language() or "")
    sections = [
        {
            "step": step,
            "open": step.code in parts,
            "form": (form if step.code == part else _form(here, step.code)) if step.code in parts else None,
            "template": f"casework/talk/{step.code}.html",
            "saved": here.drafts.get(step.code),
        }
        for step in here.steps
    ]
    context = {
        "case": case,
        "person": case.person,
        "here": here,
        "sections": sections,
        "short": short,
        "said_form": form,
        "refused": getattr(form, "blockers", []),
        "theirs": in_use,
        "mine": mine,
        "two_languages": in_use.language != mine.language,
        "languages": words.WORDS.values(),
        "notice": in_use.notice_by(here.user.called),
        "my_notice": mine.notice_by(here.user.called),
        "permissions": _permissions(sections, in_use, mine),
        "only_two": "alone" in request.GET or (part == "alone" and request.POST.get("alone-alone") == "on"),
        "candidates": _candidates(here, request.POST if part == "who" else None) if "who" in parts else [],
        "today": clock.today(),
        "standing_plan": case.plans.filter(replaced_at=None).order_by("-number").first() if "hope" in parts else None,
    }
    return render(request, "casework/talk.html", context, status=status)


def _form(here: Talk, part: str) -> Any:
    draft = here.typed(part)
    if part == "reach":
        return forms.ways_formset(None, here.case, draft)
    form = forms.PARTS[part](case=here.case, user=here.user, draft=draft)
    if part in ("words", "permissions"):
        form.initial["language"] = here.case.person.language
    return form


def _permissions(sections: list[dict[str, Any]], theirs: words.Words, mine: words.Words) -> list[dict[str, Any]]:
    form = next((section["form"] for section in sections if section["step"].code == "permissions"), None)
    if form is None:
        return []
    codes = ["keep", *(purpose.value for purpose in form.ASKED), "cv_sharing"]
    return [
        {"field": form[code] if code in form.fields else None, "theirs": theirs.permissions[code], "mine": mine.permissions[code]}
        for code in codes
    ]


# ——— saying a part ———


def _say(request: HttpRequest, here: Talk, part: str) -> HttpResponse:
    """Perform what follows from a part. Refused or not valid: the part comes back with what was typed and why not."""
    case = here.case
    form: Any
    if part == "reach":
        form = forms.ways_formset(request.POST, case)
        form.blockers = []
    else:
        form = forms.PARTS[part](request.POST, case=case, user=request.user)
    status = HTTPStatus.OK
    if form.is_valid():
        try:
            with transaction.atomic():
                _SAID[part](here, form, request)
        except Refused as refused:
            form.blockers = refused.blockers
            status = HTTPStatus.CONFLICT
            if isinstance(refused, Stale):
                _catch_up(form, here, part, request)
        except NotYours as theirs:
            form.blockers = [Blocker("not_yours", str(theirs))]
            status = HTTPStatus.FORBIDDEN
        else:
            here.drop(part)
            if part == "session":
                return redirect("casework:slip", pk=case.pk)
            return redirect(_address(case, Talk(_again(case, request), request.user).after(part)))
    here.keep(part, request.POST)
    return _page(request, Talk(_again(case, request), request.user), part=part, form=form, status=status)


def _again(case: Case, request: HttpRequest) -> Case:
    return get_object_or_404(cases_for(request.user), pk=case.pk)


def _catch_up(form: Any, here: Talk, part: str, request: HttpRequest) -> None:
    now = _again(here.case, request)
    if part == "reach":
        return
    form.keep_up(now.person.version if form.of_person else now.version)


def _version(form: Any) -> int | None:
    return form.cleaned_data.get("version")


def _say_words(here: Talk, form: forms.WordsPart, request: HttpRequest) -> None:
    facts = form.cleaned_data
    people.record_notice(
        here.case.person,
        by=here.user,
        case=here.case,
        language=facts["language"],
        text_version=words.TEXT_VERSION,
        interpreter=facts["interpreter"],
        interpreter_bound=facts["interpreter_bound"],
        version=_version(form),
    )


def _say_needs(here: Talk, form: forms.NeedsPart, request: HttpRequest) -> None:
    version = _version(form)
    for aid in form.aids():
        support.give_first_aid(here.case, by=here.user, version=version, **aid)
        version = None


def _say_who(here: Talk, form: forms.WhoPart, request: HttpRequest) -> None:
    people.correct_person(here.case.person, by=here.user, version=_version(form), **form.person_facts())
    if arrived := form.cleaned_data.get("arrived_on"):
        case_verbs.confirm_arrival(here.case, by=here.user, arrived_on=arrived)


def _say_reach(here: Talk, formset: Any, request: HttpRequest) -> None:
    known = dict(here.case.person.reaches.filter(ended_at=None).values_list("pk", "agreed_on"))
    ways = [{**way, "agreed_on": known.get(way.get("id") or 0) or clock.today()} for way in ways_of(formset)]
    version = request.POST.get("reach-version", "")
    people.set_reach(here.case.person, by=here.user, ways=ways, version=int(version) if version.isdecimal() else None)


def _say_home(here: Talk, form: forms.HomePart, request: HttpRequest) -> None:
    people.correct_person(
        here.case.person, by=here.user, household_size=form.cleaned_data["household_size"], version=_version(form)
    )
    if (safety := form.safety()) is not None:
        people.set_safety(here.case.person, by=here.user, **safety)


def _say_away(here: Talk, form: forms.AwayPart, request: HttpRequest) -> None:
    work.record_profile(here.case, by=here.user, version=_version(form), **form.profile())
    for kind in form.cleaned_data["papers"]:
        support.add_document(here.case, by=here.user, kind=kind, seen_on=clock.today())


def _say_alone(here: Talk, form: forms.AlonePart, request: HttpRequest) -> None:
    facts = form.cleaned_data
    people.record_screening(
        here.case.person,
        by=here.user,
        case=here.case,
        alone=facts["alone"],
        outcomes=facts["outcomes"],
        words=facts["words"],
        interpreter=facts["interpreter"],
        version=_version(form),
    )


def _say_hope(here: Talk, form: forms.HopePart, request: HttpRequest) -> None:
    facts = form.cleaned_data
    plan.draft_plan(
        here.case,
        by=here.user,
        path=facts["path"],
        hope=facts["hope"],
        promises=form.promises(),
        version=_version(form),
    )
    if facts["not_promised"].strip():
        write_note(here.case, by=here.user, text=_("Not promised: %(words)s") % {"words": facts["not_promised"].strip()})


def _say_permissions(here: Talk, form: forms.PermissionsPart, request: HttpRequest) -> None:
    facts = form.cleaned_data
    people.record_consent(
        here.case.person,
        by=here.user,
        case=here.case,
        answers=form.answers(),
        language=facts["language"],
        interpreter=facts["interpreter"],
        version=_version(form),
    )


def _say_session(here: Talk, form: forms.SessionPart, request: HttpRequest) -> None:
    facts = form.cleaned_data
    next_at = facts["next_at"]
    talks.record_session(
        here.case,
        by=here.user,
        held_on=clock.today(),
        appointment=facts.get("appointment"),
        topics=facts["topics"],
        came_with=facts["came_with"],
        interpreter=facts["interpreter"],
        agreed=facts["agreed"],
        next_on=timezone.localtime(next_at).date() if next_at else None,
        restricted_note=facts["restricted_note"],
        version=_version(form),
    )
    if next_at:
        talks.book_session(here.case, by=here.user, starts_at=next_at, about=facts["next_about"], bring=facts["next_bring"])


_SAID: dict[str, Callable[[Talk, Any, HttpRequest], None]] = {
    "words": _say_words, "needs": _say_needs, "who": _say_who, "reach": _say_reach, "home": _say_home, "away": _say_away,
    "alone": _say_alone, "hope": _say_hope, "permissions": _say_permissions, "session": _say_session,
}  # fmt: skip


def _begin(request: HttpRequest, here: Talk, verb: str) -> HttpResponse:
    """Open intake or begin counselling, from the margin."""
    verbs = {"open_intake": case_verbs.open_intake, "begin_counselling": case_verbs.begin_counselling}
    if verb in verbs:
        try:
            verbs[verb](here.case, by=request.user)
        except (Refused, NotYours) as refused:
            messages.error(request, str(refused))
        else:
            said = _("%(name)s is now in intake.") if verb == "open_intake" else _("%(name)s is now in counselling.")
            messages.success(request, said % {"name": here.case.person.name})
    return redirect(_address(here.case, ""))


# ——— somebody who may be known ———


def typed_identity(data: QueryDict, prefix: str = "", *, country: str = "") -> Identity:
    """The person as typed so far; what is not a date yet is not known yet."""

    def said(name: str) -> str:
        return data.get(prefix + name, "").strip()[:160]

    try:
        born = forms.BornField().clean([said(f"born_{at}") for at in range(3)]).on
    except ValidationError:
        born = None
    return Identity(
        key="typed",
        family_name=said("family_name"),
        given_names=said("given_names"),
        native_name=said("native_name"),
        sex="" if said("sex") == "unknown" else said("sex"),
        born=str(born or ""),
        phones=(said("phone"),) if said("phone") else (),
        place=said("place"),
    )


def _candidates(here: Talk, data: QueryDict | None) -> list[Candidate]:
    """Whom the person of this file may repeat: what was answered already is not asked again."""
    case = here.case
    identity = typed_identity(data, "who-") if data is not None else people.identity_of(case.person)
    answered = set(case.possible_duplicates.exclude(decision="").values_list("person_id", flat=True))
    found = could_be(here.user, case.programme, identity, besides=case.person_id)
    return [one for one in found if one.person_id not in answered]


def _decide(request: HttpRequest, here: Talk) -> HttpResponse:
    """One of the four ways on for somebody who may be known; what was typed of the part is kept."""
    decision, _colon, whom = request.POST["decide"].partition(":")
    here.keep("who", request.POST)
    chosen = next((one for one in _candidates(here, request.POST) if str(one.person_id) == whom), None)
    if chosen is not None and decision in Decision.values:
        try:
            hold_beside(here.case, chosen.likeness, by=request.user, decision=decision)
        except (Refused, NotYours) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is written down. What follows from it is on My day."))
    return redirect(_address(here.case, "who"))


@require_POST
def could_be_view(request: HttpRequest) -> HttpResponse:
    """While typing: who this could be, side by side with the reason. Writes nothing."""
    if case_id := request.POST.get("case"):
        try:
            here = Talk(_mine(request, uuid.UUID(case_id)), request.user)
        except ValueError:
            return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        found = _candidates(here, request.POST)
        return render(request, "casework/talk/could_be.html", {"candidates": found, "in_talk": True})
    form = _new_person_form(request)
    programme = _programme_of(form, request.POST)
    found = could_be(request.user, programme, typed_identity(request.POST)) if programme else []
    return render(request, "casework/talk/could_be.html", {"candidates": found})


# ——— a new person ———


def _new_person_form(request: HttpRequest, data: QueryDict | None = None) -> forms.NewPersonForm:
    if not scope_of(request.user).where("casework.refer"):
        raise PermissionDenied(_("A caseworker or the front desk opens files."))
    return forms.NewPersonForm(data, user=request.user)


def _programme_of(form: forms.NewPersonForm, data: QueryDict) -> Programme | None:
    """The programme chosen, else the only one there is."""
    rows = form.fields["programme"].queryset  # type: ignore[attr-defined]
    try:
        return rows.get(pk=data.get("programme") or form.initial.get("programme"))
    except (Programme.DoesNotExist, ValidationError, ValueError):
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """The shortest way to a file: who may be known first, with four ways on; then the person, the file, and the talk."""
    form = _new_person_form(request, request.POST if request.method == "POST" else None)
    found: list[Candidate] = []
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        identity = typed_identity(request.POST)
        found = could_be(request.user, facts["programme"], identity)
        decision, _colon, whom = request.POST.get("decide", "").partition(":")
        chosen = next((one for one in found if str(one.person_id) == whom and one.case), None)
        if decision == Decision.SAME and chosen:
            return _onward(request, chosen.case)
        try:
            if decision == Decision.SAME_NEW_RETURN and chosen and chosen.case:
                person = Person.objects.visible_to(request.user).get(pk=chosen.person_id)
                case = refer_again(
                    person, by=request.user, programme=facts["programme"], office=facts["office"], arrived_on=facts["arrived_on"]
                )
                return _onward(request, case)
            if not found or decision in (Decision.DIFFERENT, Decision.LATER):
                return _onward(request, _open_file(request, form, identity, found, decision))
        except Refused as refused:
            form.add_error(None, str(refused))
        status = HTTPStatus.CONFLICT
    return render(request, "casework/new_person.html", {"form": form, "candidates": found}, status=status)


def _open_file(request: HttpRequest, form: forms.NewPersonForm, identity: Identity, shown: list[Candidate], decision: str) -> Case:
    facts = form.cleaned_data
    like = [one for one, _known, _office in alike(facts["programme"], identity)]
    # What one could not look at is not one's own to call different.
    different = [one.person_id for one in shown if one.case] if decision == Decision.DIFFERENT else []
    return refer_newcomer(
        by=request.user,
        programme=facts["programme"],
        office=facts["office"],
        who=form.who(),
        phone=facts["phone"],
        arrived_on=facts["arrived_on"],
        alike=like,
        different=different,
    )


def _onward(request: HttpRequest, case: Case | None) -> HttpResponse:
    """To the talk; with `?first-aid` to first aid; and to the file for those who hold no talks."""
    assert case is not None
    scope = scope_of(request.user)
    if "first-aid" in request.GET and scope.may("casework.give_first_aid", case.office_id) and case.closed_at is None:
        return redirect("casework:give_first_aid", pk=case.pk)
    if scope.may("casework.record_session", case.office_id) and case.closed_at is None:
        return redirect("casework:talk", pk=case.pk)
    return redirect(case)


# ——— the slip ———


@require_safe
def slip(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the person takes along: the next date, what to bring, a name, a number, and that help is free. No word of migration."""
    case = _mine(request, pk)
    person, talk_next = case.person, Talk(case, request.user).next_appointment
    language = words.words_in(request.GET.get("words", ""), person.language, get_language() or "")
    with override(language.language):
        when = date_format(timezone.localtime(talk_next.starts_at), "l j F · H:i") if talk_next else ""
    context = {
        "case": case,
        "person": person,
        "next": talk_next,
        "when": when,
        "place": case.office.name if talk_next and talk_next.how == "office" else "",
        "in": language,
        "languages": words.WORDS.values(),
        "nothing": "nothing" in request.GET,
        "may_help": case.closed_at is None,
        "whose": request.user,
    }
    return render(request, "casework/talk_slip.html", context)
