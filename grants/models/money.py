"""Money: what was promised, its tranches, where it goes, and every line of the ledger."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.models import Case
from casework.models.ties import CURRENCY, at_and_by, one_of, only_when
from grants import rules, states
from grants.states import TrancheState
from workflows.encryption import EncryptedTextField
from workflows.machine import AggregateRoot, Returned, StateField, creates, still, verb

PLANNED, REQUESTED, RETURNED, APPROVED, ORDERED, BOUNCED, PAID, ACCOUNTED, CANCELLED = TrancheState

_MONEY_ROLES = ("grant_officer", "finance", "programme_manager")


class ContractQuerySet(models.QuerySet["Contract"]):
    """Contracts and supports. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "ContractQuerySet":
        """Those of the files that one sees, and of the offices where one approves or pays."""
        where = scope_of(user).offices(*_MONEY_ROLES)
        if where == EVERYWHERE:
            return self.not_barring(user)
        return self.filter(Q(case__in=Case.objects.visible_to(user).values("pk")) | Q(office__in=where)).not_barring(user)

    def not_barring(self, user: Any) -> "ContractQuerySet":
        """Without those of people who named this user as somebody who must not open their file."""
        from casework.models import Barred

        return self.exclude(models.Exists(Barred.objects.filter(person=models.OuterRef("case__person"), user=user.pk)))


class Contract(AggregateRoot):
    """One promise of money: the award of a jury, or a support that no jury awards. Paid in tranches by one machine."""

    stream_kind: ClassVar[str] = "contract"

    kind = models.CharField(_("kind"), max_length=20, choices=states.ContractKind.choices)
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="contracts")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="contracts")
    pitch = models.OneToOneField("grants.Pitch", null=True, blank=True, on_delete=models.PROTECT, related_name="contract")
    payee_kind = models.CharField(_("paid to"), max_length=10, choices=states.PayeeKind.choices, default=states.PayeeKind.PERSON)
    employer = models.ForeignKey("casework.Employer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    purpose = models.CharField(_("for"), max_length=200, blank=True)
    currency = models.CharField(**CURRENCY)
    amount = models.PositiveBigIntegerField(_("amount promised"))
    signed_on = models.DateField(_("signed on"))
    read_out_on = models.DateField(_("read out on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    suspended_on = models.DateField(null=True, blank=True)
    ended_early_on = models.DateField(null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "pk"]
        constraints = [
            one_of("contract", "kind", states.ContractKind),
            one_of("contract", "payee_kind", states.PayeeKind),
            only_when("contract", "pitch_when_awarded", Q(pitch__isnull=False), Q(kind="award")),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_promises_something"),
        ]

    def __str__(self) -> str:
        return self.purpose or str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        return reverse("grants:contract", args=[self.pk])

    def run_by(self) -> list[uuid.UUID]:
        """The cases of those whose business it pays: of everybody who shares in it, or of the one person."""
        shared = list(self.pitch.members.values_list("case", flat=True)) if self.pitch else []
        return [self.case_id, *(key for key in shared if key != self.case_id)]

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office that made the promise, and the one that the case has moved to since."""
        return tuple({self.office_id: None, self.case.office_id: None})

    def still_stands(self, proposal: Any) -> bool:
        """A proposed recovery stands while no line was added to the ledger since: other verbs leave it as it is."""
        return bool(self.entries.count() == proposal.payload.get("lines"))

    verbs = (
        creates("grant_support", label=_("Grant a support")),
        still("suspend_contract", label=_("Suspend payments")),
        still("lift_suspension", label=_("Lift the suspension")),
        still("propose_recovery", label=_("Propose to recover money")),
        still("record_recovery", label=_("Recover money"), signs="record_recovery"),
        still("waive_recovery", label=_("Waive a recovery")),
        still("record_visit", label=_("Record a visit")),
        still("correct_ledger", label=_("Correct by a new line")),
    )


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "AccountQuerySet":
        """Those of the files that one sees, and of the offices where one approves or pays."""
        where = scope_of(user).offices("grant_officer", "finance")
        if where == EVERYWHERE:
            return self
        return self.filter(Q(case__in=Case.objects.visible_to(user).values("pk")) | Q(case__office__in=where))

    def in_force(self) -> "AccountQuerySet":
        """Not replaced by another."""
        return self.filter(replaced_at=None)


class Account(AggregateRoot):
    """Where money of a case goes: to the person, or, for one contract, to an employer or a supplier.

    A changed one freezes payments until finance has called the number on file before the change.
    """

    stream_kind: ClassVar[str] = "account"
    verbs = (
        creates("set_account", label=_("Write down the account")),
        still("check_account", label=_("Confirm the account by calling"), needs=(rules.blockers_to_check_account,)),
        still("replace_account", label=_("Change the account")),
    )

    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="accounts")
    contract = models.ForeignKey(Contract, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    pay_by = models.CharField(_("how"), max_length=15, choices=states.PayBy.choices, default=states.PayBy.TRANSFER)
    holder = models.CharField(_("in the name of"), max_length=120)
    number = EncryptedTextField(_("account number"), blank=True, default="")
    number_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    bank = models.CharField(_("bank or post office"), max_length=120, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The number on file before the change, kept at the change: it is the one that finance calls.
    number_to_call = EncryptedTextField(blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(contract=None, replaced_at=None), name="account_one_of_a_case"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(contract__isnull=False, replaced_at=None),
                name="account_one_of_a_contract",
            ),
            at_and_by("account", "checked"),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("written_by")), name="account_checked_by_another"
            ),
        ]

    def __str__(self) -> str:
        return self.holder

    def get_absolute_url(self) -> str:
        return reverse("grants:money_of_case", args=[self.case_id])

    @property
    def shown(self) -> str:
        """The last four digits: enough to recognise it by."""
        return f"… {self.number[-4:]}" if self.number else ""

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office of the case."""
        return (self.case.office_id,)

    @classmethod
    def load_facts(cls, rows: Any) -> dict[uuid.UUID, rules.AccountFacts]:
        """What the rules ask of accounts; they are at hand."""
        return {
            row.pk: rules.AccountFacts(row.pk, row.case_id, row.replaced_at is not None, row.checked_at is not None) for row in rows
        }


class TrancheQuerySet(models.QuerySet["Tranche"]):
    """Tranches. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "TrancheQuerySet":
        """Those of the contracts that one sees."""
        return self.filter(contract__in=Contract.objects.visible_to(user).values("pk"))

    def open(self) -> "TrancheQuerySet":
        """Neither paid nor given up."""
        return self.filter(state__in=states.OPEN_TRANCHE)


class Tranche(AggregateRoot):
    """One part of what was promised. Caseworker, approver and payer are three people; a payment has a unique key."""

    stream_kind: ClassVar[str] = "tranche"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField(_("number"))
    state = StateField(TrancheState, default=PLANNED)
    state_since = models.DateField()
    amount = models.PositiveBigIntegerField(_("amount"))
    due_on = models.DateField(_("planned for"), null=True, blank=True)

    requested_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Above the programme's ceiling two approve; this was the first of them.
    first_approved_at = models.DateTimeField(null=True, blank=True)
    first_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("grants.PaymentOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="tranches")
    # The account as it was when the payment was ordered: what is downloaded later names no other.
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="tranches")
    payment_key = models.CharField(_("key of the payment"), max_length=35, null=True, blank=True, unique=True)
    attempt = models.PositiveSmallIntegerField(default=0)

    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    # As the bank or the receipt says: its own amount, currency, rate and source of the rate.
    paid_amount = models.PositiveBigIntegerField(null=True, blank=True)
    paid_currency = models.CharField(blank=True, default="", **CURRENCY)
    rate = models.DecimalField(_("rate"), max_digits=14, decimal_places=6, null=True, blank=True)
    rate_source = models.CharField(_("source of the rate"), max_length=40, blank=True, default="")
    proof = models.CharField(_("statement line or receipt"), max_length=60, blank=True, default="")

    objects = TrancheQuerySet.as_manager()

    class Meta:
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="tranche_number_once"),
            one_of("tranche", "state", TrancheState),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tranche_is_something"),
            only_when("tranche", "paid_on_when_paid", Q(paid_on__isnull=False), Q(state__in=[PAID, ACCOUNTED])),
            only_when("tranche", "paid_amount_when_paid", Q(paid_amount__isnull=False), Q(state__in=[PAID, ACCOUNTED])),
            only_when("tranche", "order_when_ordered", Q(order__isnull=False), Q(state__in=[ORDERED, PAID, ACCOUNTED])),
            at_and_by("tranche", "requested"),
            at_and_by("tranche", "first_approved"),
            at_and_by("tranche", "approved"),
            at_and_by("tranche", "ordered"),
            # Caseworker, approver and payer are three people.
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")), name="tranche_approved_by_another"
            ),
            models.CheckConstraint(
                condition=Q(ordered_by=None) | (~Q(ordered_by=F("requested_by")) & ~Q(ordered_by=F("approved_by"))),
                name="tranche_ordered_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(first_approved_by=None)
                | (
                    ~Q(first_approved_by=F("requested_by"))
                    & (Q(approved_by=None) | ~Q(first_approved_by=F("approved_by")))
                    & (Q(ordered_by=None) | ~Q(first_approved_by=F("ordered_by")))
                ),
                name="tranche_two_approve",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="tranche_by_state")]

    def __str__(self) -> str:
        return _now("Tranche %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        return f"{self.contract.get_absolute_url()}#tranche-{self.number}"

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: those of its contract."""
        return self.contract.offices_for(verb)

    @verb(moves={(PLANNED, RETURNED): REQUESTED}, label=_("Request the tranche"), needs=(rules.blockers_to_request_tranche,))
    def request_tranche(self, *, at: Any, by: Any, on: Any) -> None:
        self.requested_at, self.requested_by_id, self.state_since = at, by, on
        self.first_approved_at = self.first_approved_by_id = None

    @verb(moves={REQUESTED: RETURNED}, label=_("Send back"))
    def return_tranche(self, *, on: Any) -> None:
        self.first_approved_at = self.first_approved_by_id = None
        self.state_since = on

    @verb(
        moves={REQUESTED: Returned(REQUESTED, APPROVED)},
        label=_("Approve the tranche"),
        needs=(rules.blockers_to_approve_tranche,),
    )
    def approve_tranche(self, *, at: Any, by: Any, on: Any, takes_two: bool) -> str:
        if takes_two and self.first_approved_by_id is None:
            self.first_approved_at, self.first_approved_by_id = at, by
            return str(REQUESTED)
        self.approved_at, self.approved_by_id, self.state_since = at, by, on
        return str(APPROVED)

    @verb(moves={APPROVED: ORDERED}, label=_("Order the payment"), needs=(rules.blockers_to_order_payment,))
    def order_payment(self, *, at: Any, by: Any, on: Any, order: Any, account: Any, key: str) -> None:
        self.ordered_at, self.ordered_by_id, self.state_since = at, by, on
        self.order, self.account, self.payment_key, self.attempt = order, account, key, self.attempt + 1

    @verb(moves={ORDERED: PAID}, label=_("Confirm the payment"))
    def confirm_payment(self, *, on: Any, amount: int, currency: str, rate: Any, rate_source: str, proof: str, since: Any) -> None:
        self.paid_on, self.paid_amount, self.paid_currency, self.state_since = on, amount, currency, since
        self.rate, self.rate_source, self.proof = rate, rate_source, proof

    # A bank that sends money back does so before or after its statement said that it left.
    @verb(moves={(ORDERED, PAID): BOUNCED}, label=_("Record that it came back"))
    def bounce(self, *, on: Any) -> None:
        self.order = self.account = self.payment_key = self.ordered_at = self.ordered_by = None
        self.paid_on = self.paid_amount = self.rate = None
        self.paid_currency = self.rate_source = self.proof = ""
        self.state_since = on

    @verb(moves={BOUNCED: APPROVED}, label=_("Let it be ordered again"), needs=(rules.blockers_to_order_again,))
    def order_again(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={PAID: ACCOUNTED}, label=_("Account for it"), needs=(rules.blockers_to_account_for,))
    def account_for(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={(PLANNED, REQUESTED, RETURNED, APPROVED, BOUNCED): CANCELLED}, label=_("Cancel the tranche"))
    def cancel_tranche(self, *, on: Any) -> None:
        self.state_since = on

    verbs = (
        still("answer_evidence", label=_("Hand in evidence"), sources=(PLANNED, RETURNED, REQUESTED)),
        still("waive_evidence", label=_("Do without a piece of evidence"), sources=(PLANNED, RETURNED, REQUESTED)),
        still("add_receipt", label=_("Add a receipt"), sources=(PAID, ACCOUNTED)),
    )

    @classmethod
    def load_facts(cls, rows: Any) -> Mapping[uuid.UUID, rules.TrancheFacts]:
        """What the rules ask of tranches, in at most three queries for any number of them."""
        from grants.models.facts import facts_of_tranches

        return facts_of_tranches(rows)


class Evidence(models.Model):
    """One thing that must be there before the tranche is asked for, or after it was paid: a lease, a quote, a receipt."""

    tranche = models.ForeignKey(Tranche, on_delete=models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField(default=0)
    what = models.CharField(_("what"), max_length=200)
    from_jury = models.BooleanField(_("condition of the jury"), default=False)
    after_payment = models.BooleanField(_("receipt, after the payment"), default=False)
    by_visit = models.BooleanField(_("seen on a visit"), default=False)
    amount = models.PositiveBigIntegerField(_("amount on the receipt"), null=True, blank=True)
    document = models.ForeignKey("casework.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    waived_because = models.CharField(_("not needed, because"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ["tranche", "position", "pk"]
        constraints = [at_and_by("evidence", "given")]

    def __str__(self) -> str:
        return self.what


class Entry(models.Model):
    """A line of the ledger: added, never changed. A correction is a new line, dated today, pointing to the old one."""

    key = models.CharField(max_length=80, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="entries")
    tranche = models.ForeignKey(Tranche, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=states.EntryKind.choices)
    amount = models.BigIntegerField(_("amount"))  # in the contract's currency; below zero only where it corrects a line
    currency = models.CharField(**CURRENCY)
    dated = models.DateField(_("dated"))
    booked_at = models.DateTimeField()
    booked_by = models.CharField(max_length=60)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "entries"
        constraints = [
            one_of("entry", "kind", states.EntryKind),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(corrects__isnull=False) | (Q(kind="exchange") & ~Q(amount=0)),
                name="entry_above_zero_or_corrects",
            ),
            # A line is taken back once.
            models.UniqueConstraint(fields=["corrects"], condition=Q(corrects__isnull=False), name="entry_corrected_once"),
        ]
        indexes = [models.Index(fields=["contract", "kind"], name="entry_of_contract")]

    def __str__(self) -> str:
        return self.key


class PaymentOrderQuerySet(models.QuerySet["PaymentOrder"]):
    def visible_to(self, user: Any) -> "PaymentOrderQuerySet":
        """Those of the programmes where one pays, approves or signs."""
        where = scope_of(user).offices(*_MONEY_ROLES)
        if where == EVERYWHERE:
            return self
        return self.filter(office__in=where)


class PaymentOrder(AggregateRoot):
    """One order to a bank, a post office or the cash box: a file or a sheet with its tranches."""

    stream_kind: ClassVar[str] = "payment_order"

    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="payment_orders")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="payment_orders")
    number = models.CharField(max_length=35, unique=True)
    pay_by = models.CharField(_("how"), max_length=15, choices=states.PayBy.choices)
    execute_on = models.DateField(_("to be carried out on"))
    currency = models.CharField(**CURRENCY)
    # From which account of the office the money leaves; as the bank asks for it in the file.
    payer_name = models.CharField(_("account in the name of"), max_length=70, blank=True, default="")
    payer_account = models.CharField(_("account that pays"), max_length=34, blank=True, default="")
    payer_bic = models.CharField(_("BIC of the bank that pays"), max_length=11, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PaymentOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("grants:payment_order", args=[self.pk])

    verbs = (creates("make_payment_order", label=_("Make a payment order")),)


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: Any) -> "StatementQuerySet":
        """Those of the offices where one pays."""
        where = scope_of(user).offices("finance")
        return self if where == EVERYWHERE else self.filter(office__in=where)


class Statement(AggregateRoot):
    """A statement of the bank, as it was imported. The same one twice changes nothing."""

    stream_kind: ClassVar[str] = "statement"

    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="statements")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="statements")
    name = models.CharField(_("statement"), max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("grants:statement", args=[self.pk])

    verbs = (
        creates("import_statement", label=_("Read in a statement")),
        still("match_line", label=_("Say what a line is")),
    )


class StatementLineQuerySet(models.QuerySet["StatementLine"]):
    def unmatched(self) -> "StatementLineQuerySet":
        """Neither a payment or its return, nor explained."""
        return self.filter(tranche=None, explained="")


class StatementLine(models.Model):
    """One line of a statement: matched to a tranche, explained, or still unmatched and listed."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    bank_reference = models.CharField(max_length=80)
    booked_on = models.DateField()
    amount = models.BigIntegerField()  # below zero: money left; above: it came
    currency = models.CharField(**CURRENCY)
    payment_key = models.CharField(max_length=35, blank=True, default="")
    text = EncryptedTextField(blank=True, default="")
    tranche = models.ForeignKey(Tranche, null=True, blank=True, on_delete=models.PROTECT, related_name="statement_lines")
    explained = models.CharField(max_length=120, blank=True, default="")

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        ordering = ["statement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="statementline_once"),
            models.UniqueConstraint(fields=["bank_reference", "booked_on", "amount"], name="statementline_of_the_bank_once"),
        ]

    def __str__(self) -> str:
        return self.bank_reference

    @property
    def explained_as(self) -> Any:
        """What somebody said that it is, in words."""
        return dict(states.LineIs.choices).get(self.explained, self.explained)


class ClosedPeriodQuerySet(models.QuerySet["ClosedPeriod"]):
    def visible_to(self, user: Any) -> "ClosedPeriodQuerySet":
        """Those of the programmes of the offices where one pays, approves or signs."""
        where = scope_of(user).offices(*_MONEY_ROLES)
        return self if where == EVERYWHERE else self.filter(programme__programme_offices__office__in=where).distinct()

    def closed(self) -> "ClosedPeriodQuerySet":
        """Signed by the second person."""
        return self.filter(closed_at__isnull=False)


class ClosedPeriod(AggregateRoot):
    """A month in which nothing dated changes any more: two people closed it."""

    stream_kind: ClassVar[str] = "closed_period"

    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="closed_periods")
    until = models.DateField(_("closed up to and including"))
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ClosedPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-until"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "until"], name="closedperiod_once"),
            at_and_by("closedperiod", "closed"),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("proposed_by")), name="closedperiod_closed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return date_format(self.until)

    def get_absolute_url(self) -> str:
        return reverse("grants:periods")

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: those of any office that carries out the programme."""
        return tuple(self.programme.programme_offices.values_list("office_id", flat=True))

    verbs = (
        creates("propose_close_period", label=_("Propose to close a period")),
        still("close_period", label=_("Close the period"), signs="close_period"),
    )
