"""A file per aggregate."""

from .round import Answer, Attempt, Invitation, Round, Schedule

__all__ = ["Answer", "Attempt", "Invitation", "Round", "Schedule"]
