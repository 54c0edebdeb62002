"""What a person is given: first aid before everything, papers kept, costs booked."""

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from casework import papers, rules
from casework.actions.authorship import author, refuse, supervises
from casework.models import Case, Cost, Document, FirstAid
from casework.states import CostCategory
from workflows import clock
from workflows.acting import Refused, act


def give_first_aid(
    case: Case,
    *,
    by: Any,
    kind: str,
    amount: int,
    for_whom: str = "",
    given_on: dt.date | None = None,
    receipt: str = "",
    thumb_print: bool = False,
    first_witness: str = "",
    second_witness: str = "",
    version: int | None = None,
) -> FirstAid:
    """Give what is needed today: bed, food, medicine, a ride, cash.

    No consent, paper, screening or duplicate blocks it; what is missing becomes tasks for tomorrow. Refuses without a
    receipt, a thumb-print or two witnesses, and, for a caseworker alone, beyond the programme's ceiling for the case.
    """
    if not (receipt or thumb_print or (first_witness and second_witness and first_witness != second_witness)):
        raise refuse("not_witnessed", _("Name the receipt, take a thumb-print, or name two witnesses."))
    with act(case, "casework.give_first_aid", by=by, version=version, occurred_on=given_on) as case:
        programme, now, who = case.programme, clock.now(), author(by)
        spent = case.first_aid.standing().aggregate(sum=Sum("amount"))["sum"] or 0
        over = list(
            rules.too_much(
                spent, amount, programme.first_aid_ceiling, currency=programme.currency, link=rules.page("give_first_aid", case.pk)
            )
        )
        if over and not supervises(by, case.office_id):
            raise Refused(over)
        aid = FirstAid.objects.create(
            case=case,
            kind=kind,
            for_whom=for_whom,
            amount=amount,
            currency=programme.currency,
            given_on=given_on or clock.today(),
            receipt=receipt,
            thumb_print=thumb_print,
            first_witness=first_witness,
            second_witness=second_witness,
            recorded_at=now,
            recorded_by_id=who,
        )
        if amount:
            Cost.objects.create(
                case=case,
                category=CostCategory.FIRST_AID,
                what=aid.get_kind_display(),
                amount=amount,
                currency=programme.currency,
                spent_on=aid.given_on,
                receipt=receipt,
                first_aid=aid,
                recorded_at=now,
                recorded_by_id=who,
            )
        case.met(aid.given_on)
        case.says(first_aid=aid.pk, kind=kind, amount=amount, currency=programme.currency, sum=spent + amount)
    return aid


def add_document(
    case: Case,
    *,
    by: Any,
    kind: str,
    title: str = "",
    seen_on: dt.date | None = None,
    absent_because: str = "",
    expires_on: dt.date | None = None,
    file: Any = None,
    version: int | None = None,
) -> Document:
    """Note a paper that was seen, with a copy or without; or say why there is none.

    Refuses a file that is no picture or PDF, or too large. The copy is encrypted on this machine's disk and never public.
    """
    if bool(seen_on) == bool(absent_because):
        raise refuse("seen_or_absent", _("Say on which day the paper was seen, or why there is none."))
    document = Document(
        case=case,
        kind=kind,
        title=title,
        seen_on=seen_on,
        absent_because=absent_because,
        expires_on=expires_on,
        added_at=clock.now(),
        added_by_id=author(by),
    )
    with papers.with_its_row(document), act(case, "casework.add_document", by=by, version=version) as case:
        if file is not None:
            papers.keep(document, file)
        document.save(force_insert=True)
        case.says(document=document.pk, kind=kind, absent=absent_because, expires_on=expires_on, copy=bool(document.size))
    return document


def book_cost(
    case: Case,
    *,
    by: Any,
    category: str,
    amount: int,
    what: str = "",
    currency: str = "",
    spent_on: dt.date | None = None,
    receipt: str = "",
    version: int | None = None,
) -> Cost:
    """Book what was spent on this case, in the currency in which it was spent.

    Refuses a day ahead and an amount that is not above zero. Pays nothing.
    """
    day = spent_on or clock.today()
    if day > clock.today():
        raise refuse("ahead", _("A cost is booked when it was spent."))
    if amount <= 0:
        raise refuse("no_amount", _("The amount is above zero; a mistake is corrected, not booked back."))
    with act(case, "casework.book_cost", by=by, version=version, occurred_on=day) as case:
        cost = Cost.objects.create(
            case=case,
            category=category,
            what=what,
            amount=amount,
            currency=currency or case.programme.currency,
            spent_on=day,
            receipt=receipt,
            recorded_at=clock.now(),
            recorded_by_id=author(by),
        )
        case.says(cost=cost.pk, category=category, amount=amount, currency=cost.currency)
    return cost
