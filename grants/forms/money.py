"""What the verbs of contracts, tranches, accounts, statements and periods ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.forms.verb import DayField, MoneyField, choice, words
from casework.models import Document, Employer
from grants import states
from grants.forms.verb import RootForm
from grants.models import Contract, Entry, Evidence, StatementLine, Tranche
from workflows import clock

_MOST_MONTHS = 12


class RowField(forms.ModelChoiceField):
    """One of the rows that `prepare` offers, in words."""

    def __init__(self, label: Any, *, required: bool = True, say: Any = str, **more: Any) -> None:
        self.say = say
        super().__init__(queryset=Document.objects.none(), label=label, required=required, empty_label="—", **more)

    def label_from_instance(self, row: Any) -> str:
        return str(self.say(row))


def _offer(form: RootForm, name: str, rows: Any) -> None:
    form.fields[name].queryset = rows
    if form.fields[name].required and len(only := list(rows[:2])) == 1:
        form.initial.setdefault(name, only[0].pk)


def _papers(form: RootForm, name: str, contract: Contract) -> None:
    _offer(form, name, Document.objects.filter(case=contract.case_id, seen_on__isnull=False))


_OF_THE_CASE = _("A paper of the case. Add it there first if it is not in the list.")

# ——— contracts ———


class JustPress(RootForm):
    """The verb asks for nothing."""


class ReasonForm(RootForm):
    reason = words(_("Why"), required=True)


class OptionalReasonForm(RootForm):
    reason = words(_("Why, where something is short or unusual"))


class ReadOutForm(RootForm):
    on = DayField(label=_("Read out on"))

    def begins_with(self) -> dict[str, Any]:
        return {"on": clock.today()}


class SignContractForm(RootForm):
    ends_on = DayField(label=_("Ends on"), required=False)
    evidence = words(
        _("Also asked for before the first payment"),
        help_text=_("One thing a line. The jury’s conditions are there already, receipts and the visit too."),
    )

    def keywords(self) -> dict[str, Any]:
        said = super().keywords()
        return {**said, "evidence": [line.strip() for line in said.get("evidence", "").splitlines() if line.strip()]}


class VisitForm(RootForm):
    on = DayField(label=_("Visited on"))
    words = words(_("What was seen"), required=True)
    as_agreed = forms.BooleanField(label=_("It is as agreed"), required=False, initial=True)

    def begins_with(self) -> dict[str, Any]:
        return {"on": clock.today()}


class RecoveryForm(RootForm):
    amount = MoneyField(label=_("How much"))
    reason = choice(states.RecoveryReason, _("Why"))
    heard_on = DayField(label=_("The person was heard on"))
    words = words(_("What the person said"), required=True)


class CorrectLedgerForm(RootForm):
    line = RowField(_("Line"), say=lambda line: f"{line.get_kind_display()} · {line.dated:%Y-%m-%d} · {line.amount}")
    reason = words(_("Why"), required=True)

    def prepare(self) -> None:
        kinds = [states.EntryKind.RECOVERED, states.EntryKind.EXCHANGE, states.EntryKind.ACCOUNTED]
        _offer(self, "line", Entry.objects.filter(contract=self.root.pk, kind__in=kinds, corrects=None, corrections=None))


class SupportForm(forms.Form):
    """A support: what for, how much, how often, to whom."""

    kind = choice([one for one in states.ContractKind.choices if one[0] != states.ContractKind.AWARD], _("Kind"))
    purpose = forms.CharField(label=_("For what"), max_length=200)
    amount = MoneyField(label=_("Amount of one payment"))
    first_on = DayField(label=_("Planned for"))
    months = forms.IntegerField(label=_("Payments, one a month"), min_value=1, max_value=_MOST_MONTHS, initial=1)
    employer = forms.ModelChoiceField(
        queryset=Employer.objects.all(), label=_("Employer, for a wage subsidy"), required=False, empty_label="—"
    )
    supplier = forms.CharField(label=_("Supplier, for something in kind"), max_length=120, required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        amount.currency = currency
        amount.label = f"{amount.label} ({currency})"
        self.initial.setdefault("first_on", clock.today())

    def keywords(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        first, amount, months = said.pop("first_on"), said.pop("amount"), said.pop("months")
        return {**said, "schedule": [(_later(first, number), amount) for number in range(months)]}


def _later(day: dt.date, months: int) -> dt.date:
    """So many months later; the last day of a shorter month."""
    place = day.month - 1 + months
    year, month = day.year + place // 12, place % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))


# ——— tranches ———


class EvidenceForm(RootForm):
    evidence = RowField(_("What it is for"))
    document = RowField(_("Paper"), help_text=_OF_THE_CASE)
    amount = MoneyField(label=_("Amount on it, where there is one"), required=False)

    def prepare(self) -> None:
        waiting = Evidence.objects.filter(tranche=self.root.pk, after_payment=False, given_at=None)
        _offer(self, "evidence", waiting)
        _papers(self, "document", self.root.contract)


class WaiveEvidenceForm(RootForm):
    evidence = RowField(_("What is not needed"))
    reason = forms.CharField(label=_("Why"), max_length=120)

    def prepare(self) -> None:
        _offer(self, "evidence", Evidence.objects.filter(tranche=self.root.pk, from_jury=False, given_at=None, waived_because=""))


class ReceiptForm(RootForm):
    evidence = RowField(_("What it is for"), required=False)
    document = RowField(_("Receipt"), help_text=_OF_THE_CASE)
    amount = MoneyField(label=_("Amount on it"))

    def prepare(self) -> None:
        _offer(self, "evidence", Evidence.objects.filter(tranche=self.root.pk, after_payment=True, given_at=None))
        _papers(self, "document", self.root.contract)


class ConfirmForm(RootForm):
    """A payment that a signed receipt proves; one that a statement proves is confirmed where the statement is read in."""

    receipt = RowField(_("Signed receipt"), help_text=_OF_THE_CASE)
    on = DayField(label=_("Paid on"))
    currency = forms.CharField(label=_("Paid in"), max_length=3, min_length=3)
    amount = forms.CharField(label=_("Amount that was paid"), max_length=20)
    rate = forms.DecimalField(
        label=_("Rate"),
        required=False,
        max_digits=14,
        decimal_places=6,
        help_text=_("Only where it was paid in another currency: units of it for one of the contract’s."),
    )
    rate_source = forms.CharField(label=_("Where the rate is from"), max_length=40, required=False, help_text="InforEuro 2026-03")

    def begins_with(self) -> dict[str, Any]:
        tranche: Any = self.root
        money = MoneyField()
        money.currency = tranche.contract.currency
        return {"on": clock.today(), "currency": tranche.contract.currency, "amount": money.prepare_value(tranche.amount)}

    def prepare(self) -> None:
        _papers(self, "receipt", self.root.contract)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        currency = said.get("currency", "").upper()
        if not (currency.isascii() and currency.isalpha()):
            if currency:
                self.add_error("currency", _("Three letters, such as EUR or TND."))
            return said
        said["currency"] = currency
        if "amount" in said:
            money = MoneyField()
            money.currency = currency
            try:
                said["amount"] = money.clean(said["amount"])
            except forms.ValidationError as wrong:
                self.add_error("amount", wrong)
        return said


class BounceForm(RootForm):
    reason = words(_("What the bank says"), required=True)


# ——— accounts ———


class AccountFields(forms.Form):
    pay_by = choice(states.PayBy, _("How it is paid"))
    holder = forms.CharField(label=_("In the name of"), max_length=120)
    number = forms.CharField(
        label=_("Account number"),
        max_length=42,
        required=False,
        help_text=_("IBAN or RIB. Empty for cash, a cheque or a postal order."),
    )
    bank = forms.CharField(label=_("Bank or post office"), max_length=120, required=False)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)


class AccountForm(AccountFields):
    """The first account of a case, or of a contract that pays an employer or a supplier."""

    contract = RowField(
        _("Whose"), required=False, say=lambda row: f"{row.employer or row.supplier} · {row}",
        help_text=_("Empty: the person’s own account."),
    )  # fmt: skip

    field_order = ("contract", "pay_by", "holder", "number", "bank", "bic")


class ReplaceAccountForm(RootForm, AccountFields):
    reason = words(_("Why, and who asked for it"), required=True)

    field_order = ("pay_by", "holder", "number", "bank", "bic", "reason")

    def begins_with(self) -> dict[str, Any]:
        account: Any = self.root
        return {"pay_by": account.pay_by, "holder": account.holder}


class CheckAccountForm(RootForm):
    how = choice(states.CheckedHow, _("How it was made sure"))


# ——— orders, statements, periods ———


class OrderForm(forms.Form):
    execute_on = DayField(label=_("To be carried out on"))
    payer_name = forms.CharField(label=_("Paid from the account of"), max_length=70)
    payer_account = forms.CharField(label=_("Account that pays"), max_length=42, required=False)
    payer_bic = forms.CharField(label=_("BIC of the bank that pays"), max_length=11, required=False)


class StatementForm(forms.Form):
    programme = forms.ModelChoiceField(queryset=Document.objects.none(), label=_("Programme"), empty_label=None)
    office = forms.ModelChoiceField(queryset=Document.objects.none(), label=_("Office"), empty_label=None)
    file = forms.FileField(label=_("Statement"), help_text=_("CSV or camt.053, as the bank exports it."))


class MatchLineForm(RootForm):
    line = RowField(_("Line"), say=lambda line: f"{line.booked_on:%Y-%m-%d} · {line.bank_reference}")
    tranche = RowField(
        _("It pays, or sends back"), required=False, say=lambda one: f"{one.payment_key} · {one.contract.case.reference} · {one}"
    )
    rate = forms.DecimalField(label=_("Rate"), required=False, max_digits=14, decimal_places=6)
    rate_source = forms.CharField(label=_("Where the rate is from"), max_length=40, required=False)
    explained = choice(states.LineIs, _("Or it is"), required=False)

    def prepare(self) -> None:
        statement: Any = self.root
        _offer(self, "line", StatementLine.objects.unmatched().filter(statement=statement))
        waiting = Tranche.objects.visible_to(self.user).filter(
            state__in=[states.TrancheState.ORDERED, states.TrancheState.PAID], contract__case__programme=statement.programme_id
        )
        _offer(self, "tranche", waiting.select_related("contract__case"))

    def keywords(self) -> dict[str, Any]:
        return {name: value for name, value in super().keywords().items() if value != ""}


class PeriodForm(forms.Form):
    programme = forms.ModelChoiceField(queryset=Document.objects.none(), label=_("Programme"), empty_label=None)
    until = DayField(label=_("Closed up to and including"), help_text=_("The last day of a month that has passed."))
