"""The jury's room: what is mine to hear, one sheet, the sitting for its chair, and the verbs around the table."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.scope import scope_of
from grants import allocation, jury_page, letters, minutes, pitch_page
from grants.actions import decisions, scores, sittings
from grants.board import board_of
from grants.forms import juries as forms
from grants.forms.calls import JustPress
from grants.models import Call, JuryMember, Pitch, Seat, Sitting
from grants.states import SittingState
from grants.views.verbs import VerbPage, option_of, verb_path, visible
from workflows import accesses
from workflows.acting import NotYours, Refused, Stale, open_proposals, options
from workflows.models import Access

_LEADS = ("chair", "grant_officer", "programme_manager")


# ——— what is mine ———


@require_safe
def my_pitches(request: HttpRequest) -> HttpResponse:
    """A juror's own: which sittings, which pitches, by when, and how far one is oneself."""
    if not scope_of(request.user).may("grants.score_pitch") and not JuryMember.objects.filter(user=request.user).exists():
        raise PermissionDenied(_("Jurors find here what is theirs to hear."))
    return render(request, "grants/my_pitches.html", {"mine": jury_page.my_sittings(request.user)})


def own_seat(request: HttpRequest, pk: UUID) -> Seat:
    """One's own seat, or 404: that another one is there is not even said."""
    seats = Seat.objects.of(request.user).select_related("member__sitting", "member__user", "pitch__call", "pitch__case__person")
    return get_object_or_404(seats.filter(pitch__in=Pitch.objects.visible_to(request.user)), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def score_pitch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan on one side, the rubric on the other. Each question keeps itself; the whole sheet is handed in at the end."""
    seat = own_seat(request, pk)
    if seat.left_at is not None:
        return redirect("grants:my_pitches")
    accesses.note(request, "person", seat.pitch.case.person_id)
    option = option_of(seat, request.user, "score_pitch")
    if seat.declared_at is None:
        return _before_reading(request, seat)
    asked = request.GET.get("q", "")
    sheet = jury_page.Sheet(seat, request.user, asked=int(asked) if asked.isdecimal() and len(asked) < 3 else 0)
    refused: list[Any] = []
    status = HTTPStatus.OK
    if request.method == "POST" and (option.status == "open" or {one.code for one in option.blockers} == {"sitting_not_open"}):
        sheet.keep(request.POST)
        here = reverse("grants:score_pitch", args=[pk])
        if "hand_in" not in request.POST:
            step = request.POST.get("to", "")
            return redirect(f"{here}?q={step}" if step.isdecimal() and len(step) < 3 else here)
        try:
            scores.score_pitch(seat, by=request.user, scores=sheet.scores())
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Your scores are handed in. Until the chair opens all of them, only you see them."))
            return redirect("grants:my_pitches")
    elif request.method == "POST":
        refused, status = list(option.blockers), HTTPStatus.CONFLICT
    mine = [one for one in jury_page.my_sittings(request.user) if one.sitting.pk == seat.member.sitting_id]
    own = [one.seat.pk for one in mine[0].seats] if mine else []
    context = {
        "seat": seat,
        "pitch": seat.pitch,
        "words": pitch_page.heard(seat.pitch),
        "sheet": sheet,
        "lines": sheet.lines,
        "option": option,
        "refused": refused,
        "fixed": any(one.code in ("released", "absent") for one in option.blockers),
        "place": own.index(seat.pk) + 1 if seat.pk in own else 0,
        "of": len(own),
        "until": jury_page.ends_at(seat),
        "earlier": jury_page.earlier(seat, request.user),
        "reasons": jury_page.CannotJudge.choices,
    }
    return render(request, "grants/score_pitch.html", context, status=status)


def _before_reading(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who pitches and what for, and one question: have you any part in it? The plan opens after the answer."""
    option = option_of(seat, request.user, "declare")
    context = {"seat": seat, "pitch": seat.pitch, "option": option, "candidate": _candidate(seat), "refused": [], "verb": "declare"}
    return render(request, "grants/declare.html", context)


def _candidate(seat: Seat) -> str:
    return pitch_page.heard(seat.pitch).candidate


@require_POST
def autosave_scores(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what stands on the sheet: no event, no verb, nothing that another could read."""
    seat = own_seat(request, pk)
    codes = {one.code for one in option_of(seat, request.user, "score_pitch").blockers}
    if codes - {"sitting_not_open"}:
        return HttpResponse(status=HTTPStatus.CONFLICT)
    draft = jury_page.Sheet(seat, request.user).keep(request.POST)
    if draft is None:
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
    answer["X-Saved-At"] = timezone.localtime(draft.saved_at).strftime("%H:%M")
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """I have no part in it: the plan opens."""
    return _of_my_seat(request, pk, scores.declare)


@require_http_methods(["GET", "HEAD", "POST"])
def declare_conflict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """I know this person: one tap, nothing asked, the next pitch opens."""
    return _of_my_seat(request, pk, scores.declare_conflict)


@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave the pitch for a reason of one's own."""
    return _of_my_seat(request, pk, scores.recuse)


def _of_my_seat(request: HttpRequest, pk: UUID, verb: Any) -> HttpResponse:
    seat = own_seat(request, pk)
    option, status = option_of(seat, request.user, verb.__name__), HTTPStatus.OK
    refused: list[Any] = []
    if request.method == "POST":
        try:
            verb(seat, by=request.user)
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            if verb is scores.declare:
                return redirect("grants:score_pitch", pk)
            messages.success(request, _("You have left this pitch. Nobody asks why."))
            following = [one.next for one in jury_page.my_sittings(request.user) if one.sitting.pk == seat.member.sitting_id]
            return (
                redirect("grants:score_pitch", following[0].seat.pk)
                if following and following[0]
                else redirect("grants:my_pitches")
            )
    context = {
        "seat": seat, "pitch": seat.pitch, "option": option, "refused": refused, "candidate": _candidate(seat),
        "verb": verb.__name__,
    }  # fmt: skip
    return render(request, "grants/declare.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def undertake(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The undertaking, read and signed on the first entry."""
    sitting: Sitting = visible(Sitting, request, pk)
    if not sitting.members.filter(user=request.user, left_at=None).exists():
        raise PermissionDenied(_("The jurors of this sitting sign it."))
    option, status = option_of(sitting, request.user, "undertake"), HTTPStatus.OK
    refused: list[Any] = []
    if request.method == "POST":
        try:
            sittings.undertake(sitting, by=request.user)
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Signed. Thank you for giving your time."))
            return redirect("grants:my_pitches")
    return render(request, "grants/undertake.html", {"sitting": sitting, "option": option, "refused": refused}, status=status)


# ——— the sitting ———


@require_safe
def all_sittings(request: HttpRequest) -> HttpResponse:
    """The sittings that one chairs, runs or signs for."""
    if not scope_of(request.user).roles & set(_LEADS):
        raise PermissionDenied(_("Chairs, grant officers and those who sign use this list."))
    rows = Sitting.objects.visible_to(request.user).select_related("call", "chair").prefetch_related("agenda")
    return render(request, "grants/sittings.html", {"sittings": rows})


def led(request: HttpRequest, pk: UUID) -> Sitting:
    """The sitting, for its chair, the officer who runs it and whoever signs; a juror alone is told that it is not theirs."""
    sitting: Sitting = get_object_or_404(Sitting.objects.visible_to(request.user).select_related("call__programme", "chair"), pk=pk)
    if sitting.chair_id != request.user.pk and not scope_of(request.user).roles & {"grant_officer", "programme_manager"}:
        raise PermissionDenied(
            _("%(chair)s chairs this sitting. Your own pitches are under My pitches.") % {"chair": sitting.chair.called}
        )
    return sitting


@require_safe
def sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The board: money, agenda in the order drawn, the open pitch with its opened scores, decision and letter."""
    return _board(request, led(request, pk), request.GET.get("pitch", ""))


def _board(request: HttpRequest, found: Sitting, asked: str, *, form: Any = None, status: int = HTTPStatus.OK) -> HttpResponse:
    board = board_of(found)
    row = next((one for one in board.rows if str(one.item.pitch_id) == asked), None) or _present(found, board)
    chairs = found.chair_id == request.user.pk
    every = options(found, request.user)
    if row is not None and chairs and found.state == SittingState.OPEN and form is None:
        form = forms.DecisionForm(root=found, user=request.user, decision=row.decision, asked=row.asked)
    committed = found.call.committed + (0 if found.signed_at else board.awarded)
    ranked = sorted((one for one in board.rows if one.place), key=lambda one: one.place or 0)
    proposals = open_proposals(found) if found.state == SittingState.OPEN else []
    context = {
        "sitting": found,
        "call": found.call,
        "board": board,
        "rows": board.rows,
        "row": row,
        "pitch": row.item.pitch if row else None,
        "candidate": pitch_page.candidate_of(row.item.pitch) if row and chairs else "",
        "spreads": board.spreads(row.item.pitch_id) if row else [],
        "until": jury_page.until(row.item, found) if row else None,
        "form": form,
        "options": [one for one in every if one.status != "not_yours"],
        "chairs": chairs,
        "written": bool(row and row.decision),
        "open_key": row.key if row else "",
        "proposed": bool(proposals) and found.still_stands(proposals[0]),
        "seats": [one for one in board.seats if row and one.pitch_id == row.item.pitch_id],
        "may_give": scope_of(request.user).may("grants.replace_juror", found.call.office_id),
        "ranked": ranked,
        "line_at": next((one.key for one in ranked if one.rule and one.rule.why == "line"), ""),
        "leaves": {one.pitch: decisions.said(one) for one in board.departures()}.get(row.key, "") if row else "",
        "awarded": committed,
        "left": max(found.call.budget - committed, 0),
        "bar": _bar(found.call.budget, committed, row.asked if row and not row.decision else 0),
        "tie_rule": gettext(allocation.TIE_RULE) if board.competitive else "",
        "best": board.best if ranked else None,
        **_letter(request, row),
    }
    return render(request, "grants/sitting.html", context, status=status)


def _bar(budget: int, committed: int, asked: int) -> dict[str, int]:
    """The bar of the budget, 400 wide."""
    gone = min(400, 400 * committed // budget) if budget else 400
    return {"gone": gone, "asked": min(400 - gone, 400 * asked // budget) if budget else 0}


def _letter(request: HttpRequest, row: Any) -> dict[str, Any]:
    """The letter as the candidate will get it, in their language; the reader may ask for another."""
    if row is None or row.decision is None:
        return {"letter": None, "letter_languages": []}
    decision = row.decision
    decision.pitch = row.item.pitch
    return {
        "letter": letters.letter(decision, language=request.GET.get("letter", "")),
        "letter_languages": letters.languages(),
    }


def _present(found: Sitting, board: Any) -> Any:
    """The pitch that is open now: the last one heard without a decision, else the first that waits."""
    heard = [row for row in board.rows if row.item.heard_at and row.decision is None]
    if heard:
        return max(heard, key=lambda row: row.item.heard_at)
    return next(
        (row for row in board.rows if row.decision is None and not row.item.absent_at), board.rows[0] if board.rows else None
    )


@require_http_methods(["GET", "HEAD", "POST"])
def write_decision(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The chair writes what the committee decides on one pitch (`?pitch=`); what does not hold is said in the form."""
    found = led(request, pk)
    option = option_of(found, request.user, "write_decision")
    if option.status == "not_yours" or found.chair_id != request.user.pk:
        raise PermissionDenied(str(option.why or _("The chair writes the decisions.")))
    asked = request.GET.get("pitch", "")
    row = next((one for one in board_of(found).rows if str(one.item.pitch_id) == asked), None)
    if request.method != "POST" or row is None:
        return _board(request, found, asked)
    form = forms.DecisionForm(request.POST, root=found, user=request.user, decision=row.decision, asked=row.asked)
    status = HTTPStatus.OK
    if form.is_valid():
        try:
            decisions.write_decision(
                found, by=request.user, pitch=row.item.pitch, version=form.cleaned_data["version"], **form.keywords()
            )
        except Refused as refused:
            form.refuse(refused)
            status = HTTPStatus.CONFLICT
            if isinstance(refused, Stale):
                found = led(request, pk)
                form.keep_up(found.version)
        except NotYours as theirs:
            raise PermissionDenied(str(theirs)) from theirs
        else:
            messages.success(request, _("Written down. It binds nobody before both have signed."))
            return redirect(f"{reverse('grants:sitting', args=[pk])}?pitch={asked}")
    return _board(request, found, asked, form=form, status=status)


@require_safe
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter of a signed decision, to print, in the candidate's language or another (`?letter=fr`); `?as=pdf` for a file."""
    pitch: Pitch = get_object_or_404(
        Pitch.objects.visible_to(request.user).select_related("call__programme", "case__person", "office"), pk=pk
    )
    if (
        not scope_of(request.user).may("grants.hand_over_letter")
        and not pitch.agenda_items.filter(sitting__chair=request.user).exists()
    ):
        raise PermissionDenied(_("The adviser, the grant officer and the chair print letters."))
    decision = pitch.decisions.filter(signed_at__isnull=False).order_by("-signed_at").first()
    if decision is None:
        raise Http404
    accesses.note(request, "person", pitch.case.person_id, kind=Access.PRINT)
    decision.pitch = pitch
    made = letters.letter(decision, language=request.GET.get("letter", ""), on=pitch.decided_on)
    return on_paper(
        request,
        "letters/letter.html",
        "letters/pdf.html",
        {"letter": made, "back": pitch.get_absolute_url()},
        f"letter-{pitch.number}",
    )


def on_paper(request: HttpRequest, page: str, paper: str, context: dict[str, Any], name: str) -> HttpResponse:
    """The printable page, or with `?as=pdf` the same as a file where this machine can make one."""
    possible = letters.pdf_is_possible()
    if request.GET.get("as") == "pdf" and possible:
        answer = HttpResponse(letters.pdf(render_to_string(f"grants/{paper}", context, request)), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
        return answer
    return render(request, f"grants/{page}", {**context, "pdf_possible": possible, "letter_languages": letters.languages()})


@require_safe
def minutes_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The minutes write themselves: open ones with institutions; with names (`?closed=1`) for the chair and the officer alone."""
    found = led(request, pk)
    scope = scope_of(request.user)
    closed = request.GET.get("closed") == "1"
    may_close = found.chair_id == request.user.pk or scope.holds("grant_officer", found.call.office_id)
    if closed and not may_close:
        raise PermissionDenied(_("The closed minutes are for the chair and the grant officer."))
    told = minutes.of_sitting(found, names=closed)
    context = {"minutes": told, "sitting": found, "closed": closed, "may_close": may_close, "back": found.get_absolute_url()}
    return on_paper(request, "minutes.html", "minutes_paper.html", context, f"minutes-{found.held_on}")


@require_http_methods(["GET", "HEAD", "POST"])
def plan_sitting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plan a meeting of the jury of this call."""
    call: Call = visible(Call, request, pk)
    if not scope_of(request.user).may("grants.plan_sitting", call.office_id):
        raise PermissionDenied(_("A grant officer plans sittings."))
    form = forms.SittingForm(request.POST or None, root=call, user=request.user)
    refused: list[Any] = []
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = sittings.plan_sitting(call, by=request.user, **form.keywords())
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            messages.success(request, _("The sitting is planned. Everything of the call that waits to be heard is on its agenda."))
            return redirect(made)
    return render(request, "grants/plan_sitting.html", {"call": call, "form": form, "refused": refused}, status=status)


_AT, _OF_PITCH, _OF_SEAT = "sittings", "pitches", "seats"
PAGES = [
    VerbPage(
        Sitting, _AT, forms.SittingForm, sittings.change_sitting,
        _("Day, hour, place, chair and minutes."), _("The sitting is changed."),
    ),
    VerbPage(
        Sitting, _AT, forms.PutOnAgendaForm, sittings.put_on_agenda,
        _("The order is drawn again, so that nobody who comes late gets a place of choice."), _("The pitch is on the agenda."),
    ),
    VerbPage(
        Sitting, _AT, forms.TakeOffAgendaForm, sittings.take_off_agenda,
        _("It can be heard at another sitting. Its seats are given up."), _("The pitch is off the agenda."),
    ),
    VerbPage(
        Sitting, _AT, forms.InviteJurorForm, sittings.invite_juror,
        _("The juror reads and signs the undertaking on the first entry."), _("The juror is invited."),
    ),
    VerbPage(
        Sitting, _AT, forms.NameSubstituteForm, sittings.name_substitute,
        _("Every seat whose scores are not open goes over, whether anything was handed in for it or not. The substitute signs and "
          "declares anew."),
        _("The substitute has the seats."),
    ),
    VerbPage(
        Sitting, _AT, forms.SeatJuryForm, sittings.seat_jury,
        _("Every pitch gets its jurors: nobody in conflict, loads even, languages read. Who sits already is moved as little as "
          "can be, and not at all once the sitting is open."),
        _("The jury is seated."),
    ),
    VerbPage(
        Sitting, _AT, forms.DrawLotsForm, sittings.draw_lots,
        _("The first and the last are judged differently: the order is drawn by lot."), _("The order is drawn."),
    ),
    VerbPage(
        Sitting, _AT, JustPress, sittings.open_sitting,
        _("From now on jurors hand in their scores. Agenda and order stand."), _("The sitting is open."),
    ),
    VerbPage(
        Sitting, _AT, JustPress, decisions.propose_decisions,
        _("The decisions are frozen as they stand, for the second signature. Whoever did not come is adjourned."),
        _("Proposed: a second person signs."),
    ),
    VerbPage(
        Sitting, _AT, JustPress, decisions.sign_decisions,
        _("Every pitch is decided as it was proposed, and the awards take their money: all of it or nothing. Nothing is sent "
          "before this."),
        _("Signed. The letters can be printed."), template="grants/sign_decisions.html",
    ),
    VerbPage(
        Pitch, _OF_PITCH, forms.SeatJurorForm, sittings.seat_juror,
        _("One juror more hears this pitch. A conflict bars, and which one is not said."), _("The juror is seated."),
    ),
    VerbPage(
        Pitch, _OF_PITCH, JustPress, sittings.hear_pitch,
        _("The minutes of this pitch run from now."), _("The minutes run."),
    ),
    VerbPage(
        Pitch, _OF_PITCH, JustPress, sittings.mark_absent,
        _("The pitch is adjourned to another sitting, never declined for this."), _("Written down: adjourned."),
    ),
    VerbPage(
        Pitch, _OF_PITCH, JustPress, sittings.release_scores,
        _("All scores of this pitch are opened to the table at once. After that none can be changed."), _("The scores are open."),
    ),
    VerbPage(
        Pitch, _OF_PITCH, forms.PromoteForm, decisions.propose_promotion,
        _("A second person signs. Nothing moves before that."), _("Proposed: a second person signs."),
    ),
    VerbPage(
        Pitch, _OF_PITCH, JustPress, decisions.promote_reserve,
        _("The pitch is awarded as it was proposed, and its money is taken from the call."), _("The pitch is awarded."),
    ),
    VerbPage(
        Seat, _OF_SEAT, forms.BlindForm, scores.record_absence,
        _("What this juror had handed in before stands. Whether there is any is not said here."),
        _("Noted. What was handed in before stands."),
    ),
    VerbPage(
        Seat, _OF_SEAT, forms.ReplaceJurorForm, scores.replace_juror,
        _("The seat goes to another juror of this sitting, whether anything was handed in for it or not."),
        _("The seat is given to another."),
    ),
]  # fmt: skip


def _back_to_the_board(page: VerbPage) -> Any:
    """A verb of a pitch or a seat that the chair presses leads back to the board, the pitch open."""
    made = verb_path(page)
    view = made.callback

    def pressed(request: HttpRequest, pk: UUID) -> HttpResponse:
        answer = view(request, pk=pk)
        if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            pitch = pk if page.model is Pitch else Seat.objects.values_list("pitch", flat=True).get(pk=pk)
            at = Sitting.objects.visible_to(request.user).filter(agenda__pitch=pitch, agenda__taken_off_at=None).first()
            if at is not None:
                return redirect(f"{reverse('grants:sitting', args=[at.pk])}?pitch={pitch}")
        return answer

    pressed.__name__ = page.verb
    return path(f"{page.place}/<uuid:pk>/{page.verb.replace('_', '-')}/", pressed, name=page.verb)


addresses = [
    path("my-pitches/", my_pitches, name="my_pitches"),
    path("seats/<uuid:pk>/score-pitch/", score_pitch, name="score_pitch"),
    path("seats/<uuid:pk>/score-pitch/autosave/", autosave_scores, name="autosave_scores"),
    path("seats/<uuid:pk>/declare/", declare, name="declare"),
    path("seats/<uuid:pk>/declare-conflict/", declare_conflict, name="declare_conflict"),
    path("seats/<uuid:pk>/recuse/", recuse, name="recuse"),
    path("sittings/", all_sittings, name="sittings"),
    path("sittings/<uuid:pk>/", sitting, name="sitting"),
    path("sittings/<uuid:pk>/undertake/", undertake, name="undertake"),
    path("sittings/<uuid:pk>/write-decision/", write_decision, name="write_decision"),
    path("sittings/<uuid:pk>/minutes/", minutes_page, name="minutes"),
    path("pitches/<uuid:pk>/letter/", letter, name="letter"),
    path("grants/calls/<uuid:pk>/plan-sitting/", plan_sitting, name="plan_sitting"),
    *(verb_path(page) if page.model is Sitting else _back_to_the_board(page) for page in PAGES),
]
