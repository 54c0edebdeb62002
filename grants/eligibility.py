"""Who is eligible: what the file answers by itself, and what has to be asked. It changes nothing."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from dateutil.relativedelta import relativedelta

from casework.models import Case, Profile
from casework.models.facts import facts_of
from grants.models import Account, Contract, EligibilityRule
from grants.states import Met, Rule
from workflows import clock


def answers_of_file(case: Case, rules: Iterable[EligibilityRule]) -> dict[int, str]:
    """Rule → yes, no or unknown, as the file has it today. Rules that only a person can answer are unknown."""
    facts, today = facts_of([case])[case.pk], clock.today()
    readers = {
        Rule.MONTHS_SINCE_RETURN: lambda rule: _within(case.arrived_on, rule.number, today),
        Rule.MONTHS_ABROAD: lambda rule: _years_abroad(case, rule.number),
        Rule.PLAN_AGREED: lambda _rule: _so(facts.plan_agreed),
        Rule.IDENTITY_SEEN: lambda _rule: _so(facts.identity_answered),
        Rule.ACCOUNT_CHECKED: lambda _rule: _so(
            Account.objects.in_force().filter(case=case, contract=None, checked_at__isnull=False).exists()
        ),
        Rule.NO_RUNNING_CONTRACT: lambda _rule: _so(
            not Contract.objects.filter(case__person=case.person_id, kind="award", pitch__state="contracted").exists()
        ),
    }
    return {rule.pk: str(readers[Rule(rule.rule)](rule)) if rule.rule in readers else str(Met.UNKNOWN) for rule in rules}


def _so(fact: bool) -> str:
    return Met.YES if fact else Met.NO


def _within(arrived: Any, months: int | None, today: dt.date) -> str:
    """Whether somebody came back at most `months` ago; a partial date answers only where both its ends agree."""
    if not arrived or months is None:
        return Met.UNKNOWN
    first = today - relativedelta(months=months)
    if arrived.earliest >= first:
        return Met.YES
    return Met.NO if arrived.latest < first else Met.UNKNOWN


def _years_abroad(case: Case, months: int | None) -> str:
    years = Profile.objects.filter(person=case.person_id).values_list("years_abroad_at_work", flat=True).first()
    if years is None or months is None:
        return Met.UNKNOWN
    return Met.YES if years * 12 >= months else Met.UNKNOWN  # a year at work is at least a year abroad, and says no more
