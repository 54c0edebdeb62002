"""The names of the states of calls, sittings, pitches and tranches, and of the choices that their verbs speak in. A leaf."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallState(models.TextChoices):
    """An offer of money with rules, from its draft to the day when nothing of it is open."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    SUBMISSIONS_CLOSED = "submissions_closed", _("Submissions closed")
    IN_JURY = "in_jury", _("Before the jury")
    DECIDED = "decided", _("Decided")
    SETTLED = "settled", _("Settled")


class SittingState(models.TextChoices):
    """One meeting of a jury."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Sitting")
    SIGNED = "signed", _("Signed")


class PitchState(models.TextChoices):
    """One candidate's plan. *Heard*, *late* and *waiting for whom* are computed."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    ELIGIBLE = "eligible", _("Eligible")
    INELIGIBLE = "ineligible", _("Not eligible")
    IN_JURY = "in_jury", _("Before the jury")
    SCORED = "scored", _("Scored")
    AWARDED = "awarded", _("Awarded")
    RESERVE = "reserve", _("On the reserve list")
    ADJOURNED = "adjourned", _("Adjourned")
    DECLINED = "declined", _("Not this time")
    APPEALED = "appealed", _("Appealed")
    CONTRACTED = "contracted", _("Under contract")
    COMPLETED = "completed", _("Completed")
    TERMINATED = "terminated", _("Contract ended early")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TrancheState(models.TextChoices):
    """One part of the money promised, from the plan to the receipts."""

    PLANNED = "planned", _("Planned")
    REQUESTED = "requested", _("Requested")
    RETURNED = "returned", _("Sent back")
    APPROVED = "approved", _("Approved")
    ORDERED = "ordered", _("Ordered")
    BOUNCED = "bounced", _("Came back")
    PAID = "paid", _("Paid")
    ACCOUNTED = "accounted", _("Accounted for")
    CANCELLED = "cancelled", _("Cancelled")


# A pitch on which a jury still works: the case behind it may not close.
BEFORE_A_JURY = (PitchState.SUBMITTED, PitchState.ELIGIBLE, PitchState.IN_JURY, PitchState.SCORED, PitchState.APPEALED)
# What a jury may still turn into money.
UNSETTLED_PITCH = (*BEFORE_A_JURY, PitchState.RESERVE, PitchState.ADJOURNED)
DECIDED = (PitchState.AWARDED, PitchState.RESERVE, PitchState.ADJOURNED, PitchState.DECLINED)
UNDER_CONTRACT = (PitchState.AWARDED, PitchState.CONTRACTED)
# Money that is neither paid nor given up.
OPEN_TRANCHE = (
    TrancheState.PLANNED,
    TrancheState.REQUESTED,
    TrancheState.RETURNED,
    TrancheState.APPROVED,
    TrancheState.ORDERED,
    TrancheState.BOUNCED,
)
PAID_TRANCHE = (TrancheState.PAID, TrancheState.ACCOUNTED)
# Somebody asked for it and nobody has settled it: the case may not close.
UNSETTLED_TRANCHE = tuple(state for state in OPEN_TRANCHE if state != TrancheState.PLANNED)


class DecisionMode(models.TextChoices):
    """How a committee decides."""

    MERIT = "merit", _("Each file on its merit")
    COMPETITIVE = "competitive", _("Ranked, down to the budget line")


class SittingKind(models.TextChoices):
    """How the jury meets."""

    MEETING = "meeting", _("Meeting")
    CIRCULATION = "circulation", _("By circulation, one urgent file")


class Rule(models.TextChoices):
    """What makes a candidate eligible. Those of the first group the file answers; *asked* is answered by a person."""

    MONTHS_SINCE_RETURN = "months_since_return", _("Returned at most so many months ago")
    MONTHS_ABROAD = "months_abroad", _("Was abroad for at least so many months")
    PLAN_AGREED = "plan_agreed", _("A plan is agreed")
    IDENTITY_SEEN = "identity_seen", _("The identity was seen, or its absence is explained")
    ACCOUNT_CHECKED = "account_checked", _("The account for the money was checked")
    NO_RUNNING_CONTRACT = "no_running_contract", _("No other contract runs")
    LIVES_HERE = "lives_here", _("Lives where the office works")
    ASKED = "asked", _("Asked")


class Met(models.TextChoices):
    """Whether a rule is met; unknown is a value."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class UseKind(models.TextChoices):
    """What start-up money buys."""

    EQUIPMENT = "equipment", _("Equipment")
    STOCK = "stock", _("First stock")
    PREMISES = "premises", _("Premises")
    PERMITS = "permits", _("Permits and fees")
    TRANSPORT = "transport", _("Transport")
    WORKING_CAPITAL = "working_capital", _("Running costs of the first months")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Something else")


class SourceKind(models.TextChoices):
    """Where the money of a business comes from."""

    ASKED = "asked", _("Asked from the programme")
    OWN = "own", _("Own money")
    LABOUR = "labour", _("Own labour and tools")
    FAMILY = "family", _("Family")
    LOAN = "loan", _("Loan")
    OTHER_FUND = "other_fund", _("Another fund")


class Conflict(models.TextChoices):
    """Why a juror does not hear a pitch. Declared and proven ones bar; a likeness only asks."""

    DECLARED = "declared", _("Declared by the juror")
    CASELOAD = "caseload", _("The juror is or was the caseworker")
    HOUSEHOLD = "household", _("Same household")
    ACCOUNT = "account", _("Same bank account")
    PHONE = "phone", _("Same telephone")
    EMPLOYER = "employer", _("Employer of the candidate")
    SUPPLIER = "supplier", _("Supplier in the plan")
    CANDIDATE_WISH = "candidate_wish", _("The candidate asked for it")
    FIRST_HEARING = "first_hearing", _("Heard this pitch the first time")


class CannotJudge(models.TextChoices):
    """Why a juror leaves a criterion out."""

    NOT_MY_FIELD = "not_my_field", _("Not my field")
    NOT_IN_PITCH = "not_in_pitch", _("The pitch does not say")
    NOT_HEARD = "not_heard", _("I did not hear that part")


class Result(models.TextChoices):
    """What the committee decides on one pitch."""

    AWARD = "awarded", _("Award")
    RESERVE = "reserve", _("Reserve list")
    ADJOURN = "adjourned", _("Not now: come back")
    DECLINE = "declined", _("Not this time")


class LetterReason(models.TextChoices):
    """Why not, in words that a letter can carry."""

    MARKET = "market", _("Customers are not named yet, or not enough of them")
    FIGURES = "figures", _("Costs and income do not yet carry the business")
    QUOTES = "quotes", _("Quotes are missing or too old")
    PERMITS = "permits", _("A permit or lease is missing")
    SKILLS = "skills", _("The plan needs a skill that nobody brings yet")
    ABSENT = "absent", _("You could not come that day")
    BUDGET = "budget", _("The money of this call was used up by plans that were placed higher")
    RULES = "rules", _("The plan is outside the rules of this call")
    OTHER = "other", _("Another reason, said below")


class ContractKind(models.TextChoices):
    """An award of a jury, or a support that no jury awards."""

    AWARD = "award", _("Start-up award")
    SOCIAL_AID = "social_aid", _("Social aid")
    WAGE_SUBSIDY = "wage_subsidy", _("Wage subsidy to an employer")
    IN_KIND = "in_kind", _("In kind, bought from a supplier")
    TRANSPORT = "transport", _("Transport")


class PayeeKind(models.TextChoices):
    """Who receives the money."""

    PERSON = "person", _("The person")
    EMPLOYER = "employer", _("An employer")
    SUPPLIER = "supplier", _("A supplier")


class PayBy(models.TextChoices):
    """How money leaves."""

    TRANSFER = "transfer", _("Bank transfer")
    POSTAL_ORDER = "postal_order", _("Postal order")
    CHEQUE = "cheque", _("Cheque")
    CASH = "cash", _("Cash against two signatures")


class EntryKind(models.TextChoices):
    """A line of the ledger. Lines are added, never changed."""

    AWARDED = "awarded", _("Awarded")
    PAID = "paid", _("Paid")
    RECOVERED = "recovered", _("Recovered")
    CANCELLED = "cancelled", _("Cancelled")
    ACCOUNTED = "accounted", _("Accounted for")
    EXCHANGE = "exchange", _("Gain or loss on the rate")


class RecoveryReason(models.TextChoices):
    """Why money may be asked back. That a business failed is no reason, and none of these (promise 5.17)."""

    NOT_AS_AGREED = "not_as_agreed", _("It was not spent as agreed")
    PAID_WRONGLY = "paid_wrongly", _("It was paid by mistake")
    UNSPENT = "unspent", _("It was not spent, and the contract was ended")


class CheckedHow(models.TextChoices):
    """How finance made sure that an account is the person's."""

    CALLED = "called", _("Called the number on file, and the person confirmed it")
    IN_PERSON = "in_person", _("The person came, and their paper was seen")


class LineIs(models.TextChoices):
    """What a line of a statement is, where it pays no tranche."""

    CHARGE = "charge", _("A charge of the bank")
    RECOVERY = "recovery", _("Money that was given back")
    FUNDING = "funding", _("Money from the funder")
    OTHER = "other", _("Something that is not booked here")
