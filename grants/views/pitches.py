"""The pitch: written, read, compared with its earlier versions, printed; and its verbs."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import scope_of
from casework.models import Case
from grants import pitch_page
from grants.actions import pitches as verbs
from grants.forms import pitches as forms
from grants.forms.calls import JustPress
from grants.models import Call, Contract, Pitch
from grants.states import PitchState
from grants.views.verbs import VerbPage, option_of, verb_path
from workflows import accesses
from workflows.acting import Refused, Stale, options
from workflows.models import Draft, Event, Note

_DRAFT = "grants.write_pitch"


def opened(request: HttpRequest, pk: UUID) -> Pitch:
    """The pitch among those that this user may see, or 404; that a person's plan was opened is noted."""
    pitch: Pitch = get_object_or_404(Pitch.objects.visible_to(request.user).select_related("call", "case__person", "office"), pk=pk)
    accesses.note(request, "person", pitch.case.person_id)
    return pitch


def sees_file(request: HttpRequest, pitch: Pitch) -> bool:
    """Whether the reader may open the file behind the pitch; a juror, a chair and a manager may not."""
    return Case.objects.visible_to(request.user).filter(pk=pitch.case_id).exists()


@require_safe
def pitch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One pitch: where it stands, what is missing, the plan as it is, its versions, and what may be done next."""
    found = opened(request, pk)
    of_the_file = sees_file(request, found)
    open_to = [one for one in options(found, request.user) if one.status != "not_yours"]
    context = {
        "pitch": found,
        "words": pitch_page.in_words(found) if of_the_file or found.state == PitchState.DRAFT else pitch_page.heard(found),
        "options": open_to,
        "sees_file": of_the_file,
        "versions": list(found.versions.order_by("-number")) if of_the_file else [],
        "story": _story(found) if of_the_file else [],
        "answers": list(found.rule_answers.select_related("rule")) if of_the_file else [],
        "contract": Contract.objects.visible_to(request.user).filter(pitch=found).first(),
        "members": list(found.members.select_related("case__person")) if of_the_file else [],
    }
    return render(request, "grants/pitch.html", context)


# What jurors do is nobody's business before the scores are released, and the record's afterwards.
_OF_THE_JURY = frozenset(
    {"declare", "declare_conflict", "recuse", "score_pitch", "record_absence", "seat_juror", "replace_juror", "name_unwanted"}
)


def _story(pitch: Pitch) -> list[dict[str, Any]]:
    """What happened, newest first: the verb in its words, the day, and why where somebody wrote it down."""
    known = pitch.known_verbs()
    events = Event.objects.filter(stream=pitch.stream).order_by("-seq")[:60]
    told = [(one, known[name]) for one in events if (name := one.verb.partition(".")[2]) in known and name not in _OF_THE_JURY]
    notes = {str(note.pk): note.text for note in Note.objects.filter(stream=pitch.stream, audience=Note.FILE)}
    return [
        {"on": one.occurred_on or one.recorded_at, "label": verb.label, "why": notes.get(str(one.facts.get("note")), "")}
        for one, verb in told
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def draft_pitch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a pitch for the person of this case."""
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("person", "programme"), pk=pk)
    if not scope_of(request.user).may("grants.draft_pitch", case.office_id):
        raise PermissionDenied(_("The caseworker writes the pitch with the candidate."))
    form = forms.DraftPitchForm(request.POST or None)
    calls = Call.objects.visible_to(request.user).taking_pitches().filter(programme=case.programme_id)
    form.fields["call"].queryset = calls  # type: ignore[attr-defined]
    refused: list[Any] = []
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.draft_pitch(case, by=request.user, **form.cleaned_data)
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            messages.success(request, _("The pitch is begun. It keeps what is written, and is handed in when it is whole."))
            return redirect("grants:write_pitch", made.pk)
    context = {"case": case, "form": form, "refused": refused, "any": calls.exists()}
    return render(request, "grants/draft_pitch.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def write_pitch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan as one long form that keeps itself; what is still missing for handing it in stands beside it."""
    found = opened(request, pk)
    option = option_of(found, request.user, "write_pitch")
    if option.status == "not_yours":
        raise PermissionDenied(str(option.why))
    kept = Draft.of(owner=request.user, form=_DRAFT, stream=found.stream) if request.method != "POST" else None
    data = request.POST if request.method == "POST" else _as_posted(kept) if kept else None
    form = forms.WritePitchForm(data, root=found, user=request.user)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            verbs.write_pitch(found, by=request.user, version=form.cleaned_data["version"], **form.keywords())
        except Refused as refused:
            form.refuse(refused)
            status = HTTPStatus.CONFLICT
            if isinstance(refused, Stale):
                found = opened(request, pk)
                form.keep_up(found.version)
        else:
            Draft.drop(owner=request.user, form=_DRAFT, stream=found.stream)
            messages.success(request, _("Written down."))
            return redirect(reverse("grants:write_pitch", args=[pk]) if request.POST.get("then") == "stay" else found)
    context = {
        "pitch": found,
        "form": form,
        "option": option,
        "refused": form.blockers,
        "kept": kept,
        "missing": option_of(found, request.user, "submit_pitch"),
    }
    return render(request, "grants/write_pitch.html", context, status=status)


def _as_posted(kept: Draft) -> Any:
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, values in kept.payload.items():
        data.setlist(name, values)
    return data


@require_POST
def autosave_pitch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what stands in the form: no event, no verb, nothing that another could read."""
    found = opened(request, pk)
    option = option_of(found, request.user, "write_pitch")
    if option.status == "not_yours":
        raise PermissionDenied(str(option.why))
    if option.status != "open":
        return HttpResponse(status=HTTPStatus.CONFLICT)
    payload = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    draft = Draft.keep(owner=request.user, form=_DRAFT, stream=found.stream, payload=payload)
    answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
    answer["X-Saved-At"] = timezone.localtime(draft.saved_at).strftime("%H:%M")
    return answer


@require_safe
def versions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two versions side by side: what the later says otherwise."""
    found = opened(request, pk)
    if not sees_file(request, found):
        raise PermissionDenied(_("The office and the candidate see earlier versions; a jury hears the one that was handed in."))
    numbers = list(found.versions.order_by("number").values_list("number", flat=True))
    later = _number(request.GET.get("later", ""), numbers) or numbers[-1]
    earlier = _number(request.GET.get("earlier", ""), numbers) or max((n for n in numbers if n < later), default=later)
    before, after = (pitch_page.in_words(found, number=number) for number in (earlier, later))
    context = {
        "pitch": found,
        "numbers": numbers,
        "earlier": earlier,
        "later": later,
        "differences": pitch_page.differences(before, after) if earlier != later else [],
        "because": after.version.sent_back_because,
    }
    return render(request, "grants/versions.html", context)


def _number(said: str, numbers: list[int]) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 5 and int(said) in numbers else None


@require_safe
def on_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The pitch on one page, for the table."""
    found = opened(request, pk)
    words = pitch_page.in_words(found) if sees_file(request, found) else pitch_page.heard(found)
    return render(request, "grants/pitch_print.html", {"pitch": found, "words": words})


_AT = "pitches"
PAGES = [
    VerbPage(
        Pitch, _AT, forms.SubmitPitchForm, verbs.submit_pitch,
        _("The grant officer reads it next. This version is kept as it is; the jury hears it, and nothing else of the file."),
        _("The pitch is handed in."),
    ),
    VerbPage(
        Pitch, _AT, forms.SendBackForm, verbs.send_back_pitch,
        _("The caseworker and the candidate mend it. The version that was handed in is kept."), _("The pitch is sent back."),
    ),
    VerbPage(
        Pitch, _AT, JustPress, verbs.revise_pitch,
        _("A new version begins; the one that was handed in is kept."), _("The pitch can be written on."),
    ),
    VerbPage(
        Pitch, _AT, forms.ReasonForm, verbs.withdraw_pitch,
        _("The pitch leaves the call. Work on the case goes on."), _("The pitch is withdrawn."),
    ),
    VerbPage(
        Pitch, _AT, forms.MovePitchForm, verbs.move_pitch,
        _("The draft goes along as it is."), _("The pitch is in the other call."),
    ),
    VerbPage(
        Pitch, _AT, forms.NameUnwantedForm, verbs.name_unwanted,
        _("Nobody is told, and nobody asks why."), _("Written down."),
    ),
    VerbPage(
        Pitch, _AT, forms.AnswerRuleForm, verbs.answer_rule,
        _("Each rule of the call, as the file or the candidate answers it. “Not known” keeps it open."),
        _("The rules are answered."),
    ),
    VerbPage(
        Pitch, _AT, JustPress, verbs.find_eligible,
        _("The pitch can be put before the jury."), _("The pitch is eligible."),
    ),
    VerbPage(
        Pitch, _AT, forms.ReasonForm, verbs.find_ineligible,
        _("A second reader confirms it. The candidate is told the reason, and may ask others to look again."),
        _("Proposed: a second reader decides."),
    ),
    VerbPage(
        Pitch, _AT, JustPress, verbs.confirm_ineligible,
        _("You are the second reader. The candidate gets a letter with the reason and the ways on."),
        _("The pitch is outside the rules of this call."),
    ),
    VerbPage(
        Pitch, _AT, forms.HandOverForm, verbs.hand_over_letter,
        _("The days to appeal and to accept count from this day."), _("The letter was handed over."),
    ),
    VerbPage(
        Pitch, _AT, forms.MaybeReasonForm, verbs.decline_award,
        _("The money is free for others again. This cannot be taken back."), _("The award is declined."),
    ),
    VerbPage(
        Pitch, _AT, forms.AppealForm, verbs.appeal,
        _("Another officer, and jurors who did not hear it, look again."), _("The appeal is handed in."),
    ),
    VerbPage(
        Pitch, _AT, forms.ReasonForm, verbs.admit_appeal,
        _("The pitch is heard again by others."), _("The pitch is heard again."),
    ),
    VerbPage(
        Pitch, _AT, forms.ReasonForm, verbs.reject_appeal,
        _("The decision stands. The candidate is told why."), _("The decision stands."),
    ),
]  # fmt: skip

addresses = [
    path("cases/<uuid:pk>/draft-pitch/", draft_pitch, name="draft_pitch"),
    path("pitches/<uuid:pk>/", pitch, name="pitch"),
    path("pitches/<uuid:pk>/write-pitch/", write_pitch, name="write_pitch"),
    path("pitches/<uuid:pk>/write-pitch/autosave/", autosave_pitch, name="autosave_pitch"),
    path("pitches/<uuid:pk>/versions/", versions, name="pitch_versions"),
    path("pitches/<uuid:pk>/print/", on_paper, name="pitch_print"),
    *(verb_path(page) for page in PAGES),
]
