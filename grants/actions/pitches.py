"""The pitch: written with the candidate, submitted, found eligible or not, revised, withdrawn, appealed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Case
from grants import rules
from grants.actions.calls import commit_money, next_number
from grants.eligibility import answers_of_file
from grants.models import Call, ForecastMonth, Pitch, PitchMember, PitchVersion, RuleAnswer, Source, Use
from grants.states import CallState, Met, PitchState
from workflows import clock
from workflows.acting import act, freeze, signed_payload
from workflows.models import Signature

WORDS = (*PitchVersion.SECTIONS, "language")
FIGURES = ("price", "unit_cost", "jobs_self", "jobs_women", "jobs_men", "profile_shown")
_ROWS: dict[str, Any] = {"uses": Use, "sources": Source, "forecast": ForecastMonth}


def draft_pitch(case: Case, *, by: Any, call: Call, title: str, language: str = "") -> Pitch:
    """Begin to write a pitch for a call that takes pitches now. Needs no agreed plan: writing comes first.

    Refuses a closed case, and a second pitch of the same case in one call.
    """
    if call.state != CallState.OPEN or call.programme_id != case.programme_id:
        raise refuse("call_not_open", _("This call takes no pitches of this programme now."))
    if not case.is_open or case.dead:
        raise refuse("case_closed", _("The case is closed: reopen it first."), case.get_absolute_url(), _("Open the case"))
    with transaction.atomic():
        number = next_number(call)
        there = Pitch.objects.filter(call=call, case=case).exclude(state=PitchState.WITHDRAWN).first()
        if there is not None:
            raise refuse("there_already", _("There is a pitch for this call already."), there.get_absolute_url(), _("Open it"))
        pitch = Pitch(call=call, case=case, office_id=case.office_id, number=number, title=title, state_since=clock.today())
        with act(pitch, "grants.draft_pitch", by=by) as pitch:
            now, who = clock.now(), author(by)
            pitch.adds(
                PitchVersion(
                    pitch=pitch, number=1, language=language or case.person.language or "fr", written_at=now, written_by_id=who
                ),
                PitchMember(pitch=pitch, case=case, share=100),
            )
            pitch.says(call=call.pk, case=case.pk, number=number)
    return pitch


def write_pitch(
    pitch: Pitch,
    *,
    by: Any,
    title: str | None = None,
    uses: Sequence[Mapping[str, Any]] | None = None,
    sources: Sequence[Mapping[str, Any]] | None = None,
    forecast: Sequence[Mapping[str, Any]] | None = None,
    members: Sequence[tuple[Case, int]] | None = None,
    version: int | None = None,
    **said: Any,
) -> Pitch:
    """Write on the draft: any of its sections, figures and tables; what is not named stays.

    Half a plan is kept too: what is missing is asked at submission. Amounts are minor units of the call's currency.
    """
    unknown = set(said) - {*WORDS, *FIGURES}
    if unknown:
        raise TypeError(f"A pitch has no {', '.join(sorted(unknown))}.")
    with act(pitch, "grants.write_pitch", by=by, version=version) as pitch:
        present = pitch.present
        changed = [name for name, value in said.items() if getattr(present, name) != value]
        for name in changed:
            setattr(present, name, said[name])
        present.written_at, present.written_by_id = clock.now(), author(by)
        present.save()
        for name, rows in (("uses", uses), ("sources", sources), ("forecast", forecast)):
            if rows is not None:
                _rewrite(present, name, rows)
                changed.append(name)
        if members is not None:
            _rewrite_members(pitch, members)
            changed.append("members")
        if title is not None and title != pitch.title:
            pitch.title = title
            changed.append("title")
        pitch.says(number=present.number, changed=sorted(changed))
    return pitch


def _rewrite(present: PitchVersion, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    model = _ROWS[name]
    model.objects.filter(version=present).delete()
    placed = ({"position": place, **row} if model is Use else row for place, row in enumerate(rows))
    model.objects.bulk_create(model(version=present, **row) for row in placed)


def _rewrite_members(pitch: Pitch, members: Sequence[tuple[Case, int]]) -> None:
    if not any(case.pk == pitch.case_id for case, _share in members):
        raise refuse("candidate", _("Whoever pitches is one of the partners."))
    if any(case.programme_id != pitch.call.programme_id for case, _share in members):
        raise refuse("another_programme", _("Each partner has a case in this programme."))
    pitch.members.all().delete()
    PitchMember.objects.bulk_create(PitchMember(pitch=pitch, case=case, share=share) for case, share in members)


def move_pitch(pitch: Pitch, *, by: Any, call: Call, version: int | None = None) -> Pitch:
    """Take a draft to another call of the programme that takes pitches now."""
    if call.state != CallState.OPEN or call.programme_id != pitch.call.programme_id:
        raise refuse("call_not_open", _("This call takes no pitches of this programme now."))
    with transaction.atomic():
        number = next_number(call)
        if call.pitches.filter(case=pitch.case_id).exclude(state=PitchState.WITHDRAWN).exists():
            raise refuse("there_already", _("There is a pitch of this case in that call already."))
        with act(pitch, "grants.move_pitch", by=by, version=version) as pitch:
            pitch.says(was=pitch.call_id, now=call.pk)
            pitch.call, pitch.number = call, number
    return pitch


def submit_pitch(pitch: Pitch, *, by: Any, confirmed_how: str, version: int | None = None) -> Pitch:
    """Hand the pitch in, as the candidate has confirmed it; the file answers the rules that it can.

    Refuses with everything that is missing (`rules.blockers_to_submit_pitch`), and without the candidate's confirmation.
    """
    if not confirmed_how:
        raise refuse("not_confirmed", _("Say how the candidate confirmed the pitch: it is handed in for them, never about them."))
    with act(pitch, "grants.submit_pitch", by=by, version=version) as pitch:
        present, now = pitch.present, clock.now()
        present.submitted_at, present.submitted_by_id, present.confirmed_how = now, author(by), confirmed_how
        present.save(update_fields=["submitted_at", "submitted_by", "confirmed_how"])
        known = answers_of_file(pitch.case, pitch.call.eligibility.all())
        pitch.rule_answers.filter(by_file=True).delete()
        asked = set(pitch.rule_answers.values_list("rule", flat=True))
        RuleAnswer.objects.bulk_create(
            RuleAnswer(pitch=pitch, rule_id=rule, met=met, by_file=True, answered_at=now)
            for rule, met in known.items()
            if met != Met.UNKNOWN and rule not in asked
        )
        pitch.submit_pitch(on=clock.today())
        pitch.says(number=present.number, asked=asked_of(present), currency=pitch.call.currency, how=confirmed_how)
    return pitch


def asked_of(version: PitchVersion) -> int:
    """What a version asks from the programme, in minor units."""
    return sum(source.amount for source in version.sources.all() if source.kind == "asked")


def send_back_pitch(pitch: Pitch, *, by: Any, missing: str, version: int | None = None) -> Pitch:
    """Give a submitted or adjourned pitch back to be mended, with what is missing. The version is kept; a new one begins."""
    if not missing.strip():
        raise refuse("missing", _("Write what is missing, so that it can be mended."))
    with act(pitch, "grants.send_back_pitch", by=by, version=version) as pitch:
        new = _next_version(pitch, by, missing)
        pitch.send_back_pitch(on=clock.today())
        pitch.says(number=new.number)
    return pitch


def revise_pitch(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """Take the pitch back to write on it. The version that was handed in is kept; a new one begins."""
    with act(pitch, "grants.revise_pitch", by=by, version=version) as pitch:
        new = _next_version(pitch, by, "")
        pitch.revise_pitch(on=clock.today())
        pitch.says(number=new.number)
    return pitch


def _next_version(pitch: Pitch, by: Any, missing: str) -> PitchVersion:
    last = pitch.present
    new = PitchVersion.objects.create(
        pitch=pitch,
        number=last.number + 1,
        written_at=clock.now(),
        written_by_id=author(by),
        sent_back_because=missing,
        **{name: getattr(last, name) for name in (*WORDS, *FIGURES)},
    )
    for name, model in _ROWS.items():
        rows = list(getattr(last, name).values())
        for row in rows:
            del row["id"]
            row["version_id"] = new.pk
        model.objects.bulk_create(model(**row) for row in rows)
    return new


def withdraw_pitch(pitch: Pitch, *, by: Any, reason: str, version: int | None = None) -> Pitch:
    """Take a pitch out before it is decided, as the candidate wishes. Work on the case goes on."""
    if not reason.strip():
        raise refuse("reason", _("Write down why, in the words of the candidate."))
    with act(pitch, "grants.withdraw_pitch", by=by, version=version, note=reason) as pitch:
        _off_the_agenda(pitch)
        pitch.withdraw_pitch(on=clock.today())
    return pitch


def _off_the_agenda(pitch: Pitch) -> None:
    pitch.agenda_items.filter(taken_off_at=None, decided_at=None).update(taken_off_at=clock.now())


def name_unwanted(pitch: Pitch, *, by: Any, users: Sequence[Any], version: int | None = None) -> Pitch:
    """Write down whom the candidate would not want to decide. Nobody asks why, and nobody is told."""
    with act(pitch, "grants.name_unwanted", by=by, version=version) as pitch:
        pitch.unwanted.set(users)
        pitch.says(number=len(users))
    return pitch


# ——— eligible or not ———


def answer_rule(pitch: Pitch, *, by: Any, answers: Mapping[int, str], version: int | None = None) -> Pitch:
    """Answer rules of the call: `answers` is rule → yes, no or unknown. What a person says goes before what the file says."""
    with act(pitch, "grants.answer_rule", by=by, version=version) as pitch:
        known = set(pitch.call.eligibility.values_list("pk", flat=True))
        for rule, met in answers.items():
            if rule not in known:
                raise refuse("rule", _("This is no rule of the call."))
            RuleAnswer.objects.update_or_create(
                pitch=pitch,
                rule_id=rule,
                defaults={"met": met, "by_file": False, "answered_at": clock.now(), "answered_by_id": author(by)},
            )
        pitch.says(answers={str(rule): met for rule, met in answers.items()})
    return pitch


def find_eligible(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """Say that the pitch meets the rules of the call. Refuses while a rule is open, or answered with no."""
    with act(pitch, "grants.find_eligible", by=by, version=version) as pitch:
        pitch.find_eligible(on=clock.today())
    return pitch


def find_ineligible(pitch: Pitch, *, by: Any, reason: str, version: int | None = None) -> Pitch:
    """Propose that the pitch is outside the rules of the call; a second reader confirms. Moves nothing.

    Refuses without a rule that is answered with no, and without the reason in words.
    """
    if not reason.strip():
        raise refuse("reason", _("Write the reason as the letter will say it."))
    with act(pitch, "grants.find_ineligible", by=by, version=version, note=reason) as pitch:
        failed = sorted(pitch.rule_answers.filter(met=Met.NO).values_list("rule__rule", flat=True))
        if not failed:
            raise refuse(
                "no_rule_failed",
                _("No rule is answered with “no”: nobody is turned away without a rule."),
                rules.page("answer_rule", pitch.pk),
                _("Answer the rules"),
            )
        freeze(pitch, "find_ineligible", {"rules": failed})
        pitch.says(rules=failed)
    return pitch


def confirm_ineligible(pitch: Pitch, *, by: Any, version: int | None = None) -> Pitch:
    """Confirm, as a second reader, that the pitch is outside the rules. It may be appealed like any *not this time*."""
    with act(pitch, "grants.confirm_ineligible", by=by, version=version) as pitch:
        failed = signed_payload(pitch, "find_ineligible")["rules"]
        pitch.confirm_ineligible(on=clock.today())
        pitch.says(rules=failed)
    return pitch


# ——— after the decision ———


def hand_over_letter(pitch: Pitch, *, by: Any, on: dt.date | None = None, version: int | None = None) -> Pitch:
    """Write down when the letter reached the candidate: the days to appeal and to accept count from then."""
    day = on or clock.today()
    if day > clock.today():
        raise refuse("ahead", _("This day lies ahead."))
    with act(pitch, "grants.hand_over_letter", by=by, version=version, occurred_on=day) as pitch:
        if pitch.decided_on and day < pitch.decided_on:
            raise refuse("before_decision", _("The committee decided after this day."))
        pitch.told_on = day
        pitch.says(on=day)
    return pitch


def decline_award(pitch: Pitch, *, by: Any, reason: str = "", version: int | None = None) -> Pitch:
    """The candidate does not take the award, or did not answer in time; its money is free for others again."""
    with act(pitch, "grants.decline_award", by=by, version=version, note=reason) as pitch:
        freed = pitch.amount or 0
        commit_money(pitch.call_id, -freed)
        pitch.decline_award(on=clock.today())
        pitch.says(freed=freed)
    return pitch


def appeal(pitch: Pitch, *, by: Any, words: str, version: int | None = None) -> Pitch:
    """Ask others to look again at a *not this time* or *not eligible*, in the words of the candidate. Refuses after the days."""
    if not words.strip():
        raise refuse("words", _("Write down what others should look at again, in the words of the candidate."))
    with act(pitch, "grants.appeal", by=by, version=version, note=words) as pitch:
        pitch.appeal(on=clock.today())
    return pitch


def admit_appeal(pitch: Pitch, *, by: Any, reason: str, version: int | None = None) -> Pitch:
    """Let the pitch be heard again, by jurors who did not hear it the first time. By an officer who had no part in the first."""
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(pitch, "grants.admit_appeal", by=by, version=version, note=reason) as pitch:
        _had_no_part(pitch, by)
        pitch.admit_appeal(on=clock.today())
    return pitch


def reject_appeal(pitch: Pitch, *, by: Any, reason: str, version: int | None = None) -> Pitch:
    """Let the decision stand, with the reason. By an officer who had no part in the first."""
    if not reason.strip():
        raise refuse("reason", _("Write down why."))
    with act(pitch, "grants.reject_appeal", by=by, version=version, note=reason) as pitch:
        _had_no_part(pitch, by)
        pitch.reject_appeal(on=clock.today())
    return pitch


def _had_no_part(pitch: Pitch, by: Any) -> None:
    who = author(by)
    turned_away = Signature.objects.filter(stream=pitch.stream, what="find_ineligible", signed_at__isnull=False)
    first = {one for pair in turned_away.values_list("proposed_by", "signed_by") for one in pair}
    judged = pitch.decisions.filter(written_by=who) | pitch.decisions.filter(signed_by=who)
    if str(who) in first or judged.exists():
        raise refuse("had_a_part", _("You had a part in the first decision: a colleague answers the appeal."))
