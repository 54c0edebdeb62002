"""Who signs in: colleagues who were invited, and nobody else."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class StaffOnly(DefaultAccountAdapter):
    """There is no sign-up: an administrator invites."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
