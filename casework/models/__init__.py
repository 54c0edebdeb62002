"""A file per aggregate."""

from .case import Case, CaseQuerySet
from .consent import Answer, Consent, NoticeGiven, Purpose, consents_of
from .cost import Cost
from .document import Document
from .household import Household, Membership
from .labour import LANGUAGES_OF_WORK, LEVELS, Application, Employer, EmployerConcern, Placement, Profile, Vacancy
from .opening import Opening
from .person import Barred, Guardian, Merge, Person, PersonKey, Reach, Safety, SearchToken, Sex, document_index
from .plan import Goal, Plan, PlanLine, Promise
from .programme import EmergencyNumber, Programme, ProgrammeOffice
from .referral import PossibleDuplicate, ReferralList, ReferralRow
from .saved_view import SavedView
from .screening import Screening, ScreeningOutcome, Vulnerability
from .services import Appointment, Attempt, Attendance, Course, Enrolment, FirstAid, Provider, Session
from .sharing import Sharing
from .transfer import Transfer
