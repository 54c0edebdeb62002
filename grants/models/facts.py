"""Where the rules' facts come from: a fixed number of queries for any number of rows."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from casework.models import Case
from casework.models.facts import facts_of as facts_of_cases
from casework.models.ties import number_of
from grants import rules, states
from grants.states import PitchState, SourceKind
from workflows import clock

if TYPE_CHECKING:
    from grants.board import Board
    from grants.models import Call, Pitch, Seat, Sitting, Tranche

__all__ = ["facts_of_calls", "facts_of_pitches", "facts_of_seats", "facts_of_sittings", "facts_of_tranches"]

LEVELS = 5


def facts_of_calls(calls: "Sequence[Call]") -> Mapping[uuid.UUID, rules.CallFacts]:
    """The facts of each call by its key. Three queries."""
    from casework.models import Programme
    from grants.models.call import Criterion, EligibilityRule
    from grants.models.pitch import Pitch

    keys = [call.pk for call in calls]
    standing: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    for key, state, number in Pitch.objects.filter(call__in=keys).order_by().values_list("call", "state").annotate(Count("pk")):
        standing[key][state] = number
    levels: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for key, said in Criterion.objects.filter(call__in=keys).order_by().values_list("call", "levels"):
        levels[key].append(said)
    with_rules = Counter(EligibilityRule.objects.filter(call__in=keys).order_by().values_list("call", flat=True))
    live = set(Programme.objects.live().filter(calls__in=keys).values_list("pk", flat=True))
    today = clock.today()
    return {
        call.pk: rules.CallFacts(
            id=call.pk,
            state=str(call.state),
            today=today,
            budget=call.budget,
            floor=call.floor,
            ceiling=call.ceiling,
            split=tuple(call.split),
            opens_on=call.opens_on,
            closes_on=call.closes_on,
            criteria=len(levels[call.pk]),
            criteria_without_levels=sum(len([one for one in said if one]) != LEVELS for said in levels[call.pk]),
            rules=with_rules[call.pk],
            programme_live=call.programme_id in live,
            by_state=dict(standing[call.pk]),
            undecided=sum(standing[call.pk][state] for state in states.BEFORE_A_JURY if state != PitchState.APPEALED),
        )
        for call in calls
    }


def facts_of_pitches(pitches: "Sequence[Pitch]") -> Mapping[uuid.UUID, rules.PitchFacts]:
    """The facts of each pitch by its key: one query of its own, one for the newest versions, and the cases' bundles."""
    from grants.models.call import EligibilityRule
    from grants.models.jury import Seat
    from grants.models.money import Account, Tranche
    from grants.models.pitch import ForecastMonth, Pitch, PitchMember, PitchVersion, RuleAnswer, Source, Use

    keys = [pitch.pk for pitch in pitches]
    today = clock.today()
    this, version = {"pitch": OuterRef("pk")}, {"version": OuterRef("pk")}
    sources, uses = Source.objects.filter(**version), Use.objects.filter(**version)
    quote_is_old = Q(quoted_on=None) | Q(quoted_on__lt=today - rules.QUOTE_HOLDS)
    newest = PitchVersion.objects.filter(pitch=OuterRef("pitch")).order_by("-number").values("pk")[:1]
    versions: dict[uuid.UUID, Any] = {
        row["pitch_id"]: row
        for row in PitchVersion.objects.filter(pitch__in=keys, pk=Subquery(newest)).values(
            "pitch_id",
            *PitchVersion.SECTIONS,
            asked=_sum_over(sources.filter(kind=SourceKind.ASKED)),
            from_all=_sum_over(sources),
            for_all=_sum_over(uses),
            no_quote=number_of(uses.filter(quote_is_old, kind=states.UseKind.EQUIPMENT)),
            months=number_of(ForecastMonth.objects.filter(**version)),
        )
    }
    seats = Seat.objects.running().filter(**this)
    answers = RuleAnswer.objects.filter(**this)
    account = Account.objects.in_force().filter(case=OuterRef("case"), contract=None, checked_at__isnull=False)
    rows: dict[uuid.UUID, Any] = {
        row["pk"]: row
        for row in Pitch._base_manager.filter(pk__in=keys).values(
            "pk",
            "call__state",
            "call__closes_on",
            "call__currency",
            "call__floor",
            "call__ceiling",
            "call__share",
            "call__appeal_days",
            shares=_sum_over(PitchMember.objects.filter(**this), "share"),
            account=Exists(account),
            rules_of_call=number_of(EligibilityRule.objects.filter(call=OuterRef("call"))),
            rules_known=number_of(answers.exclude(met=states.Met.UNKNOWN)),
            rules_failed=number_of(answers.filter(met=states.Met.NO)),
            seats_held=number_of(seats),
            seats_open=number_of(seats.filter(scored_at=None, absent_at=None)),
            tranches_open=number_of(
                Tranche.objects.filter(contract__pitch=OuterRef("pk")).exclude(
                    state__in=[states.TrancheState.ACCOUNTED, states.TrancheState.CANCELLED]
                )
            ),
        )
    }
    cases = Case.objects.in_bulk({pitch.case_id for pitch in pitches})
    files = facts_of_cases(list(cases.values()))
    labels = {one.name: one.verbose_name for one in PitchVersion._meta.fields if one.name in PitchVersion.SECTIONS}
    return {
        pitch.pk: _pitch_facts(pitch, rows[pitch.pk], versions[pitch.pk], cases[pitch.case_id], files[pitch.case_id], labels, today)
        for pitch in pitches
    }


def _sum_over(rows: Any, field: str = "amount") -> Coalesce:
    """The sum of `field` over rows correlated with the row outside, as a subquery of its own (a join would multiply them)."""
    summed = rows.order_by().annotate(n=Func(F(field), function="SUM", output_field=IntegerField())).values("n")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def _pitch_facts(
    pitch: "Pitch", row: dict[str, Any], version: dict[str, Any], case: Case, file: Any, labels: Mapping[str, Any], today: dt.date
) -> rules.PitchFacts:
    told = pitch.told_on or pitch.decided_on
    return rules.PitchFacts(
        id=pitch.pk,
        case=pitch.case_id,
        state=str(pitch.state),
        today=today,
        call_state=row["call__state"],
        closes_on=row["call__closes_on"],
        currency=row["call__currency"],
        floor=row["call__floor"],
        ceiling=row["call__ceiling"],
        percent=row["call__share"],
        appeal_until=told + dt.timedelta(days=row["call__appeal_days"]) if told else None,
        missing_sections=tuple(label for name, label in labels.items() if not version[name].strip()),
        asked=version["asked"],
        sources=version["from_all"],
        uses=version["for_all"],
        uses_without_quote=version["no_quote"],
        forecast_months=version["months"],
        shares=row["shares"],
        dead=case.dead,
        case_closed=not case.is_open,
        plan_agreed=file.plan_agreed,
        identity_answered=file.identity_answered,
        account_checked=row["account"],
        rules_open=row["rules_of_call"] - row["rules_known"],
        rules_failed=row["rules_failed"],
        seats=row["seats_held"],
        seats_open=row["seats_open"],
        read_out_on=pitch.read_out_on,
        tranches_open=row["tranches_open"],
    )


def facts_of_sittings(sittings: "Sequence[Sitting]") -> Mapping[uuid.UUID, rules.SittingFacts]:
    """The facts of each sitting by its key, from its board: seven queries each, shared with the page that shows the board."""
    from grants.board import board_of

    return {sitting.pk: _sitting_facts(board_of(sitting)) for sitting in sittings}


def _sitting_facts(board: "Board") -> rules.SittingFacts:
    sitting, call, decisions = board.sitting, board.call, board.decisions
    present = [row for row in board.rows if row.item.absent_at is None]
    judged = [(row, row.decision) for row in present if row.decision is not None]
    binding = [(row, decision) for row, decision in judged if decision.result != states.Result.ADJOURN]
    left = {one.pitch for one in board.departures()} if any(not one.leaves_rule_because for one in decisions.values()) else set()
    return rules.SittingFacts(
        id=sitting.pk,
        state=str(sitting.state),
        call=call.pk,
        call_state=str(call.state),
        currency=call.currency,
        quorum=call.quorum,
        call_left=call.left,
        members=len(board.members),
        without_undertaking=sum(one.undertaken_at is None for one in board.members),
        agenda=len(board.rows),
        not_drawn=not sitting.seed,
        without_decision=len(present) - len(judged),
        not_released=sum(not row.released for row, _decision in binding),
        below_quorum=tuple(row.item.pitch.title for row, _decision in binding if row.scored < call.quorum),
        without_reason=tuple(
            row.item.pitch.title
            for row, decision in judged
            if str(row.item.pitch_id) in left and not decision.leaves_rule_because.strip()
        ),
        awards=board.awarded,
    )


def facts_of_seats(seats: "Sequence[Seat]") -> Mapping[uuid.UUID, rules.SeatFacts]:
    """The facts of each seat by its key: one query, nothing about any other seat."""
    from grants.models.jury import AgendaItem, Seat

    released = AgendaItem.objects.filter(pitch=OuterRef("pitch"), sitting=OuterRef("member__sitting"), released_at__isnull=False)
    return {
        row["pk"]: rules.SeatFacts(
            id=row["pk"],
            pitch=row["pitch_id"],
            sitting=row["member__sitting_id"],
            sitting_state=row["member__sitting__state"],
            undertaken=row["member__undertaken_at"] is not None,
            declared=row["declared_at"] is not None,
            absent=row["absent_at"] is not None,
            left=row["left_at"] is not None or row["member__left_at"] is not None,
            released=row["released"],
        )
        for row in Seat._base_manager.filter(pk__in=[seat.pk for seat in seats]).values(
            "pk",
            "pitch_id",
            "declared_at",
            "absent_at",
            "left_at",
            "member__sitting_id",
            "member__sitting__state",
            "member__undertaken_at",
            "member__left_at",
            released=Exists(released),
        )
    }


def facts_of_tranches(tranches: "Sequence[Tranche]") -> Mapping[uuid.UUID, rules.TrancheFacts]:
    """The facts of each tranche by its key: four queries, and the cases' bundle, for any number of them."""
    from grants.models.money import Account, Contract, Evidence, Tranche

    keys = [tranche.pk for tranche in tranches]
    contracts = {
        one.pk: one for one in Contract._base_manager.filter(pk__in={t.contract_id for t in tranches}).select_related("case")
    }
    files = facts_of_cases([one.case for one in contracts.values()])
    evidence: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for one in Evidence.objects.filter(tranche__in=keys, given_at=None, waived_because=""):
        evidence[one.tranche_id].append(one)
    settled = [states.TrancheState.ACCOUNTED, states.TrancheState.CANCELLED]
    open_numbers: dict[uuid.UUID, list[int]] = defaultdict(list)
    for key, number in (
        Tranche._base_manager.filter(contract__in=contracts).exclude(state__in=settled).values_list("contract", "number")
    ):
        open_numbers[key].append(number)
    accounts: dict[Any, Any] = {}
    for account in Account.objects.in_force().filter(Q(contract__in=contracts) | Q(contract=None, case__in=list(files))):
        accounts[account.contract_id or account.case_id] = account
    today = clock.today()
    found = {}
    for tranche in tranches:
        contract = contracts[tranche.contract_id]
        own = contract.payee_kind == states.PayeeKind.PERSON
        present = accounts.get(contract.case_id if own else contract.pk)
        missing = evidence[tranche.pk]
        found[tranche.pk] = rules.TrancheFacts(
            id=tranche.pk,
            contract=contract.pk,
            case=contract.case_id,
            number=tranche.number,
            state=str(tranche.state),
            today=today,
            suspended=contract.suspended_on is not None,
            ended_early=contract.ended_early_on is not None,
            dead=contract.case.dead,
            identity_answered=files[contract.case_id].identity_answered,
            account=present is not None,
            account_checked=present is not None and present.checked_at is not None,
            evidence_missing=tuple(one.what for one in missing if not one.after_payment),
            receipts_missing=tuple(one.what for one in missing if one.after_payment),
            earlier_open=any(number < tranche.number for number in open_numbers[contract.pk]),
        )
    return found
