"""A file per aggregate."""

from .call import Call, Criterion, EligibilityRule
from .jury import AgendaItem, JuryMember, PaperSheet, Score, Seat, Sitting
from .money import Account, ClosedPeriod, Contract, Entry, Evidence, PaymentOrder, Statement, StatementLine, Tranche
from .pitch import Decision, ForecastMonth, Pitch, PitchMember, PitchVersion, RuleAnswer, Source, Use
