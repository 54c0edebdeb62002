"""The names of the states, and of the choices that verbs speak in. A leaf: everyone may import it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """What the office and the person chiefly work on now. Services run beside it."""

    REFERRED = "referred", _("Referred")
    INTAKE = "intake", _("Intake")
    COUNSELLING = "counselling", _("Counselling")
    TRAINING = "training", _("Training")
    JOB_SEARCH = "job_search", _("Looking for work")
    PLACED = "placed", _("In work")
    START_UP = "start_up", _("Starting a business")
    FUNDED = "funded", _("Business funded")
    ON_HOLD = "on_hold", _("On hold")
    CLOSED = "closed", _("Closed")


REFERRED = CaseState.REFERRED
INTAKE = CaseState.INTAKE
COUNSELLING = CaseState.COUNSELLING
TRAINING = CaseState.TRAINING
JOB_SEARCH = CaseState.JOB_SEARCH
PLACED = CaseState.PLACED
START_UP = CaseState.START_UP
FUNDED = CaseState.FUNDED
ON_HOLD = CaseState.ON_HOLD
CLOSED = CaseState.CLOSED

# After intake: where a plan can be at work.
WORKING = (COUNSELLING, TRAINING, JOB_SEARCH, PLACED, START_UP, FUNDED)
# What the first payment of an award turns into *funded*; in any other state the file stays where it is.
PAID_INTO = (START_UP, COUNSELLING, TRAINING, JOB_SEARCH, PLACED)
# "Open" in the caseworkers' sense: somebody works on it, nothing is paused.
OPEN = (REFERRED, INTAKE, *WORKING)
NOT_CLOSED = (*OPEN, ON_HOLD)
EVERY = (*NOT_CLOSED, CLOSED)


class Outcome(models.TextChoices):
    """How a case ended. Leaving again is never a failure; it is counted, by kind."""

    EMPLOYED = "employed", _("In work")
    SELF_EMPLOYED = "self_employed", _("Runs a business")
    IN_EDUCATION = "in_education", _("In education")
    SUPPORT_ENDED = "support_ended", _("Support ended, looking for work")
    CARING = "caring", _("Caring for family")
    ILL = "ill", _("Ill or unable to work")
    NO_LONGER_ELIGIBLE = "no_longer_eligible", _("No longer eligible")
    DID_NOT_DEPART = "did_not_depart", _("Did not depart")
    NEVER_ARRIVED = "never_arrived", _("Declined: never arrived")
    SERVED_ELSEWHERE = "served_elsewhere", _("Declined: served elsewhere")
    REFUSED_HELP = "refused_help", _("Declined: refused by the person")
    LEFT_WITH_PAPERS = "left_with_papers", _("Left again for work or study, with papers")
    LEFT_TO_FAMILY = "left_to_family", _("Left again to family")
    LEFT_OTHERWISE = "left_otherwise", _("Left again otherwise")
    LEFT_NOT_KNOWN = "left_not_known", _("Left again, not known how")
    MOVED_AWAY = "moved_away", _("Moved away inside the country")
    TRANSFERRED = "transferred", _("Transferred to another organisation")
    WITHDREW = "withdrew", _("Withdrew")
    LOST = "lost", _("Lost")
    STOPPED_FOR_CAUSE = "stopped_for_cause", _("Support stopped for cause")
    DECEASED = "deceased", _("Deceased")
    MERGED = "merged", _("Merged with another case")
    PROGRAMME_ENDED = "programme_ended", _("Programme ended")


# Outcomes with which a referral is declined before anybody met.
DECLINED = (Outcome.NEVER_ARRIVED, Outcome.SERVED_ELSEWHERE, Outcome.REFUSED_HELP, Outcome.NO_LONGER_ELIGIBLE)
# They flatter figures or end support against somebody's will: two persons.
TWO_PERSON_OUTCOMES = (Outcome.LOST, Outcome.STOPPED_FOR_CAUSE)
# They have verbs of their own.
OWN_VERB_OUTCOMES = (Outcome.DECEASED, Outcome.MERGED, Outcome.DID_NOT_DEPART, *DECLINED[:3])
# What close_case offers.
CLOSING_OUTCOMES = tuple(o for o in Outcome if o not in (*TWO_PERSON_OUTCOMES, *OWN_VERB_OUTCOMES))
# Following up ends with these; with every other outcome it goes on.
ENDS_FOLLOW_UP = (Outcome.DECEASED, Outcome.MERGED, Outcome.TRANSFERRED)


class Path(models.TextChoices):
    """The way a person wishes to go, and the way a plan takes."""

    WORK = "work", _("Work")
    TRAINING = "training", _("Training, then work")
    START_UP = "start_up", _("A business")
    UNKNOWN = "", _("Not known yet")


class ReturnAsSent(models.TextChoices):
    """The kind of return, as the sender wrote it."""

    VOLUNTARY = "voluntary", _("Voluntary")
    ASSISTED_VOLUNTARY = "assisted_voluntary", _("Voluntary, with assistance")
    FORCED = "forced", _("Forced")
    CHARTER = "charter", _("Forced, by charter")
    SPONTANEOUS = "spontaneous", _("Came by themselves")
    UNKNOWN = "", _("Not said")


class ReturnAsTold(models.TextChoices):
    """The same return, as the person tells it."""

    CHOSEN = "chosen", _("Chose it")
    NO_REAL_CHOICE = "no_real_choice", _("Had no real choice")
    FORCED = "forced", _("Was forced")
    NOT_SAID = "not_said", _("Prefers not to say")
    NOT_ASKED = "", _("Not asked yet")


class Mark(models.TextChoices):
    """What each side says to a plan. A no does not end help."""

    AGREED = "agreed", _("Agreed")
    RESERVATIONS = "reservations", _("Agreed with reservations")
    NOT_AGREED = "not_agreed", _("Not agreed")


class PlanLineKind(models.TextChoices):
    """What a line of the plan pays for."""

    FIRST_NEEDS = "first_needs", _("First needs")
    HOUSING = "housing", _("Housing")
    HEALTH = "health", _("Health")
    SCHOOL = "school", _("School and children")
    TRAINING = "training", _("Training")
    RECOGNITION = "recognition", _("Recognition of skills and papers")
    WORK = "work", _("Way into work")
    BUSINESS = "business", _("Business")
    LEGAL = "legal", _("Legal help")
    SOCIAL_RIGHTS = "social_rights", _("Social rights abroad")
    TRANSPORT = "transport", _("Transport")
    OTHER = "other", _("Other")


class PromiseBy(models.TextChoices):
    """Who promised."""

    OFFICE = "office", _("The office")
    PERSON = "person", _("The person")


class Meeting(models.TextChoices):
    """How two people meet."""

    OFFICE = "office", _("At the office")
    PHONE = "phone", _("By phone")
    VIDEO = "video", _("By video")
    VISIT = "visit", _("Visit")
    ELSEWHERE = "elsewhere", _("Somewhere else")


class Topic(models.TextChoices):
    """What a talk was about: ticks, no essay."""

    EXPECTATIONS = "expectations", _("What to expect")
    FIRST_NEEDS = "first_needs", _("What is needed today")
    WORK = "work", _("Work")
    TRAINING = "training", _("Training")
    BUSINESS = "business", _("Business")
    PAPERS = "papers", _("Papers")
    HEALTH = "health", _("Health")
    HOUSING = "housing", _("Housing")
    FAMILY = "family", _("Family")
    MONEY = "money", _("Money and debts")
    RIGHTS_ABROAD = "rights_abroad", _("Rights from the years abroad")
    LEGAL_WAYS = "legal_ways", _("Legal ways to work abroad")
    OTHER = "other", _("Other")


class NoShowReason(models.TextChoices):
    """Why somebody did not come."""

    AFRAID = "afraid", _("Afraid")
    BUS_MONEY = "bus_money", _("No money for the bus")
    AT_WORK = "at_work", _("At work")
    ILL = "ill", _("Ill")
    NOT_KNOWN = "not_known", _("Not known")


class AppointmentState(models.TextChoices):
    """Where an appointment stands."""

    BOOKED = "booked", _("Booked")
    HELD = "held", _("Held")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")


class EnrolmentState(models.TextChoices):
    """Where an enrolment stands."""

    ASKED = "asked", _("Place asked for")
    CONFIRMED = "confirmed", _("Place confirmed")
    COMPLETED = "completed", _("Completed")
    DROPPED_OUT = "dropped_out", _("Dropped out")


class ApplicationState(models.TextChoices):
    """Where an application for a vacancy stands."""

    SENT = "sent", _("Sent")
    INTERVIEW = "interview", _("Asked to an interview")
    OFFERED = "offered", _("Offered the job")
    DECLINED = "declined", _("Declined by the employer")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PlacementKind(models.TextChoices):
    """The programme names which of these count as placed (default: job and apprenticeship)."""

    JOB = "job", _("Job")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")
    INTERNSHIP = "internship", _("Internship")
    TRIAL = "trial", _("Subsidised trial")
    SEASONAL = "seasonal", _("Seasonal work")
    CASH_FOR_WORK = "cash_for_work", _("Cash for work")


class Contract(models.TextChoices):
    """What was signed."""

    PERMANENT = "permanent", _("Permanent")
    FIXED_TERM = "fixed_term", _("Fixed term")
    SPOKEN = "spoken", _("Agreed by word")
    NONE = "none", _("None")
    UNKNOWN = "", _("Not known")


class Formality(models.TextChoices):
    """Declared to the authorities, or not."""

    FORMAL = "formal", _("Declared")
    INFORMAL = "informal", _("Not declared")
    UNKNOWN = "", _("Not known")


class KnownBy(models.TextChoices):
    """How the office knows."""

    CONTRACT = "contract", _("Contract seen")
    PAYSLIP = "payslip", _("Payslip seen")
    EMPLOYER = "employer", _("The employer said so")
    PERSON = "person", _("The person said so")
    VISIT = "visit", _("Visit")


class PlacementEnd(models.TextChoices):
    """Why a spell of work ended."""

    CONTRACT_ENDED = "contract_ended", _("The contract ended")
    RESIGNED = "resigned", _("Resigned")
    DISMISSED = "dismissed", _("Dismissed")
    CLOSED_DOWN = "closed_down", _("The workplace closed")
    BETTER_JOB = "better_job", _("Found a better job")
    HEALTH = "health", _("Health")
    FAMILY = "family", _("Family")
    NOT_PAID = "not_paid", _("Was not paid")
    NOT_SAFE = "not_safe", _("Was not safe")
    LEFT_COUNTRY = "left_country", _("Left the country")
    OTHER = "other", _("Other")


class EmployerWrong(models.TextChoices):
    """What somebody warns of at a place of work."""

    NOT_PAID = "not_paid", _("People are not paid")
    KEEPS_PAPERS = "keeps_papers", _("Papers are kept from people")
    CANNOT_LEAVE = "cannot_leave", _("People cannot leave")
    VIOLENCE = "violence", _("Violence or threats")
    DANGEROUS = "dangerous", _("Dangerous work without protection")
    ASKS_MONEY = "asks_money", _("Money or favours are asked for a job")
    OTHER = "other", _("Something else")


class VisitFinding(models.TextChoices):
    """What a visit found of the concerns about an employer. While they stand, they stay open."""

    UNFOUNDED = "unfounded", _("Nothing of it was found")
    MENDED = "mended", _("It was so, and is mended")
    STANDS = "stands", _("It is so: the concern stands")


class Back(models.TextChoices):
    """Why a case goes back to counselling."""

    DROPPED_OUT = "dropped_out", _("Dropped out of the course")
    JOB_ENDED = "job_ended", _("The job ended")
    NOT_FUNDED = "not_funded", _("Not funded")
    BUSINESS_ENDED = "business_ended", _("The business ended")
    ANOTHER_PLAN = "another_plan", _("Another plan was agreed")
    CHANGED_MIND = "changed_mind", _("Changed their mind")


class HoldReason(models.TextChoices):
    """Why a case waits. Legal last days keep running, and are shown."""

    BIRTH = "birth", _("Birth of a child")
    ILLNESS = "illness", _("Illness")
    DETENTION = "detention", _("Detention")
    HARVEST = "harvest", _("Harvest or season")
    PERMIT = "permit", _("Waits for a permit or paper")
    FAMILY = "family", _("Family")
    OWN_WISH = "own_wish", _("Wishes to wait")
    OTHER = "other", _("Other")


class DropOut(models.TextChoices):
    """Why somebody left a course."""

    WORK = "work", _("Found work")
    MONEY = "money", _("Money")
    DISTANCE = "distance", _("Too far")
    HEALTH = "health", _("Health")
    FAMILY = "family", _("Family")
    NOT_FOR_ME = "not_for_me", _("Not the right course")
    COURSE_STOPPED = "course_stopped", _("The course stopped")
    NOT_KNOWN = "not_known", _("Not known")


class AidKind(models.TextChoices):
    """What can be given on the first day."""

    BED = "bed", _("Bed")
    FOOD = "food", _("Food")
    MEDICINE = "medicine", _("Medicine")
    TRANSPORT = "transport", _("Transport")
    PHONE = "phone", _("Phone card")
    CHILD = "child", _("For a child")
    CASH = "cash", _("Cash")


class DocumentKind(models.TextChoices):
    """What a paper is."""

    IDENTITY = "identity", _("Identity paper")
    TRAVEL = "travel", _("Travel document")
    DIPLOMA = "diploma", _("Diploma or certificate")
    WORK = "work", _("Work certificate or payslip")
    SOCIAL_SECURITY = "social_security", _("Social security paper")
    MEDICAL = "medical", _("Medical paper")
    CONTRACT = "contract", _("Contract")
    QUOTE = "quote", _("Quote or invoice")
    RECEIPT = "receipt", _("Receipt")
    OTHER = "other", _("Other")


class CostCategory(models.TextChoices):
    """What was bought."""

    FIRST_AID = "first_aid", _("First aid")
    COUNSELLING = "counselling", _("Counselling")
    INTERPRETING = "interpreting", _("Interpreting")
    TRAINING = "training", _("Training")
    TRANSPORT = "transport", _("Transport")
    HEALTH = "health", _("Health")
    HOUSING = "housing", _("Housing")
    EQUIPMENT = "equipment", _("Equipment")
    OTHER = "other", _("Other")


class TransferState(models.TextChoices):
    """Where the offer of a case to another office stands."""

    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")


class Reached(models.TextChoices):
    """What came of an attempt to reach somebody."""

    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    SWITCHED_OFF = "switched_off", _("Switched off")
    LATER = "later", _("Asked to call later")


class Mistake(models.TextChoices):
    """Why a record is corrected."""

    WRONG_PERSON = "wrong_person", _("Recorded on the wrong person")
    WRONG_DATE = "wrong_date", _("Wrong date")
    WRONG_FACT = "wrong_fact", _("Wrong fact")
    TWICE = "twice", _("Recorded twice")
    NEVER_HAPPENED = "never_happened", _("It never happened")


class LastDay(models.TextChoices):
    """Days after which a right is gone, however good the reason."""

    START_UP = "start_up", _("The business file must reach a committee")
    SUPPORT = "support", _("Support must be asked for")
    TRAINING = "training", _("Training must begin")
    APPEAL = "appeal", _("An appeal must be in")
    PAPERS = "papers", _("Papers must be handed in")


# Months after arrival, where a programme says nothing else.
LAST_DAYS_AFTER_ARRIVAL = {LastDay.SUPPORT: 6, LastDay.START_UP: 12}


class OpeningPurpose(models.TextChoices):
    """What for somebody who reads figures opens a file with a name in it."""

    SIGN = "to_sign", _("To sign, or to turn down, what waits for me")
    PERSON_ASKED = "person_asked", _("The person asked for it")
    COMPLAINT = "complaint", _("A complaint is looked into")
    SAFETY = "safety", _("Somebody may be in danger")
    AUDIT = "audit", _("An audit or a court asks about this file")
    MISTAKE = "mistake", _("A mistake in the figures is looked for")
