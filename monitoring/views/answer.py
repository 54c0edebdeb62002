"""The page behind a link: no account, no script, no cookie; one question a screen.

A GET never acts, so a mail scanner that opens every link changes nothing. Addresses and titles are neutral, answers are kept as
they are given and never shown again, and the link dies with the sending (promises 5.5 and 5.6).
"""

from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import RoleGrant
from accounts.roles import ROLES
from monitoring import instruments, rules
from monitoring.actions import answering
from monitoring.actions.answering import Question
from monitoring.forms import BeginForm, QuestionForm
from monitoring.models import Invitation
from monitoring.states import ENDED, MISSED, PARTLY_ANSWERED, Way
from workflows import clock
from workflows.acting import Refused

END, STOP = "end", "stop"


@dataclass
class Sheet:
    """One opening of a link: the invitation, the language chosen, and where in the questions."""

    request: HttpRequest
    invitation: Invitation
    language: str
    place: str

    @property
    def round(self) -> Any:
        return self.invitation.round

    def address(self, place: Any = "", **more: Any) -> str:
        """The page's own address at another place, in the language chosen. Neutral: a number, never what is asked."""
        query = QueryDict(mutable=True)
        if place != "":
            query["n"] = str(place)
        if self.language != self.invitation.language:
            query["l"] = self.language
        query.update({key: str(value) for key, value in more.items()})
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def questions(self) -> list[Question]:
        return answering.questions(self.round, way=Way.WEB, alone=self.invitation.alone)

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return _page(self.request, template, self.invitation, status, sheet=self, here=self.address(self.place), **context)


def _private(view: Any) -> Any:
    """What this page sends is kept by nobody on the way."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(*args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answered


@login_not_required
# The address itself is the secret that proves who sends; a cookie on a shared telephone would be one trace more.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_private
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Begin, answer one question, go back, send, or say no. Only a POST acts."""
    invitation = Invitation.objects.of_token(token)
    language = _language(request, invitation)
    with translation.override(language):
        if invitation is None:
            return _page(
                request,
                "gone",
                None,
                404,
                sentence=_("This link does not work. Open it once more from the message: it may have been cut off."),
            )
        sheet = Sheet(request, invitation, language, request.GET.get("n", ""))
        over = _why_over(invitation)
        if over:
            return sheet.show("gone", 410, sentence=over)
        if request.method != "POST":
            return _shown(sheet)
        if invitation.too_fast(clock.now()):
            return sheet.show(
                "gone",
                429,
                sentence=_("That was very fast. Wait ten minutes, then open the link again: what you answered is kept."),
            )
        try:
            return _done(sheet)
        except Refused as refused:
            return sheet.show("gone", 410, sentence=refused)


def _why_over(invitation: Invitation) -> Any:
    if invitation.submitted_at:
        return rules.LINK_ENDED
    state = invitation.round.state
    if invitation.ended_at or invitation.expired(clock.now()) or (state in ENDED and state not in (MISSED, PARTLY_ANSWERED)):
        return rules.LINK_EXPIRED
    return ""


def _language(request: HttpRequest, invitation: Invitation | None) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    wished = request.GET.get("l", "")
    if wished in known:
        return wished
    return invitation.language if invitation else translation.get_language_from_request(request)


# ——— what is shown ———


def _shown(sheet: Sheet) -> HttpResponse:
    if sheet.place == STOP:
        return sheet.show("stop")
    if sheet.place == "":
        return _first(sheet)
    questions = sheet.questions()
    if sheet.place == END:
        if not _anything_said(sheet):
            return sheet.show("stop")
        return sheet.show(
            "end", shareable=_shareable(sheet, questions), back=sheet.address(len(questions) - 1) if questions else ""
        )
    number = _number(sheet.place, len(questions))
    if number is None:
        return _first(sheet)
    if sheet.request.GET.get("m"):
        return sheet.show("danger", onward=_after(sheet, number, len(questions)))
    return _question(sheet, questions, number)


def _first(sheet: Sheet, form: BeginForm | None = None, status: int = 200) -> HttpResponse:
    minutes = max(1, round(_most(sheet) / 5))
    return sheet.show("first", status, form=form or BeginForm(), minutes=minutes, begun=sheet.invitation.begun_at is not None)


def _most(sheet: Sheet) -> int:
    """The most questions that may come: which do depends on the answers, and a count that grows would be a broken word."""
    return sum(len(asked.items) for asked in answering.asked_by(sheet.round))


def _question(sheet: Sheet, questions: list[Question], number: int, form: QuestionForm | None = None) -> HttpResponse:
    question = questions[number]
    items = [item for asked in answering.asked_by(sheet.round) for item in asked.items]
    return sheet.show(
        "question",
        422 if form else 200,
        form=form or QuestionForm(question),
        key=question.key,
        number=number + 1,
        far=items.index(question.item) + 1,
        most=len(items),
        back=sheet.address(number - 1) if number else sheet.address(),
        skip=_after(sheet, number, len(questions)),
    )


def _after(sheet: Sheet, number: int, count: int) -> str:
    return sheet.address(number + 1 if number + 1 < count else END)


def _number(place: str, count: int) -> int | None:
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    return number if 0 <= number < count else None


def _shareable(sheet: Sheet, questions: list[Question]) -> list[tuple[str, str]]:
    """What the adviser may be let read: the questions that were answered, in words, without the answers."""
    said = answering.said_so_far(sheet.round)
    return [
        (question.key, instruments.text(question.item, sheet.language))
        for question in questions
        if question.item.id in said.get(question.instrument.name, {})
    ]


def _anything_said(sheet: Sheet) -> bool:
    return any(answering.said_so_far(sheet.round).values())


# ——— what is done ———


def _done(sheet: Sheet) -> HttpResponse:
    pressed = sheet.request.POST
    if sheet.language != sheet.invitation.language:
        answering.begin_answers(sheet.invitation, phone_is=sheet.invitation.phone_is, language=sheet.language)
        sheet.invitation.language = sheet.language
    does = {"begin": _begin, "answer": _answer, "send": _send, "not_now": _not_this_time, "never": _never_again}
    return does.get(pressed.get("do", ""), _begin)(sheet)


def _begin(sheet: Sheet) -> HttpResponse:
    form = BeginForm(sheet.request.POST)
    phone_is = form.cleaned_data["phone_is"] if form.is_valid() else ""
    answering.begin_answers(sheet.invitation, phone_is=phone_is, language=sheet.language)
    sheet.invitation.phone_is = phone_is
    said = answering.said_so_far(sheet.round)
    questions = sheet.questions()
    open_ones = [n for n, one in enumerate(questions) if one.item.id not in said.get(one.instrument.name, {})]
    return _see(sheet.address(open_ones[0] if open_ones else END))


def _answer(sheet: Sheet) -> HttpResponse:
    questions = sheet.questions()
    keys = [question.key for question in questions]
    key = sheet.request.POST.get("question", "")
    if key not in keys:
        return _see(sheet.address())
    number = keys.index(key)
    form = QuestionForm(questions[number], sheet.request.POST)
    if not form.is_valid():
        return _question(sheet, questions, number, form)
    given = form.cleaned_data["given"]
    answering.save_answer(sheet.invitation, questions[number], given)
    if "danger" in instruments.tasks_of(questions[number].instrument, {questions[number].item.id: given}):
        return _see(sheet.address(number, m=1))
    return _see(_after(sheet, number, len(sheet.questions())))


def _send(sheet: Sheet) -> HttpResponse:
    if not _anything_said(sheet):
        # Nothing was answered: that is no answer, and nobody is counted as reached for it.
        return _see(sheet.address(STOP))
    may = {key for key, _text in _shareable(sheet, sheet.questions())}
    answering.submit_answers(sheet.invitation, shared=sorted(may & set(sheet.request.POST.getlist("share"))))
    return _see(sheet.request.path)


def _not_this_time(sheet: Sheet) -> HttpResponse:
    answering.refuse(sheet.invitation, never_again=False)
    return _see(sheet.request.path)


def _never_again(sheet: Sheet) -> HttpResponse:
    answering.refuse(sheet.invitation, never_again=True)
    return _see(sheet.request.path)


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


# ——— what every page of it says ———


def _page(request: HttpRequest, template: str, invitation: Invitation | None, status: int, **context: Any) -> HttpResponse:
    now_in = translation.get_language()
    others = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "dir": "rtl" if get_language_info(code)["bidi"] else "ltr",
        }
        for code, _name in settings.LANGUAGES
        if code != now_in
    ]
    context |= {"leave_url": settings.LEAVE_QUICKLY_TO, "languages": others}
    if invitation is not None:
        case = invitation.round.case
        context["numbers"] = [one for one in case.programme.emergency_numbers.all() if one.dead_since is None]
        context["readers"] = readers_at(case.office_id)
    return render(request, f"monitoring/answer/{template}.html", context, status=status)


def readers_at(office_id: Any) -> list[str]:
    """The names of those who read answers at an office: the page says so before the first question (promise 5.3)."""
    roles = [code for code, role in ROLES.items() if "answers" in role.reads]
    grants = RoleGrant.objects.in_force().filter(role__in=roles, user__is_active=True).select_related("user").order_by("user__name")
    grants = grants.filter(office=office_id) | grants.filter(office=None)
    return list(dict.fromkeys(grant.user.called for grant in grants.distinct()))[:3]
