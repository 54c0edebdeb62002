"""A file per aggregate."""

from .consent import Answer, Consent, NoticeGiven, Purpose, consents_of
from .household import Household, Membership
from .person import Barred, Guardian, Merge, Person, PersonKey, Reach, Safety, SearchToken, Sex, document_index
from .programme import EmergencyNumber, Programme, ProgrammeOffice
from .referral import PossibleDuplicate, ReferralList, ReferralRow
from .screening import Screening, Vulnerability
