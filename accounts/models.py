"""Users, offices, and the roles that a user holds at an office."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import ROLES
from accounts.scope import EVERYWHERE, scope_of
from workflows import clock
from workflows.machine import ANY, AggregateRoot, creates, still


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "UserQuerySet":
        """Oneself; for whoever reads about colleagues, those who work at their offices; for whoever invites, everybody."""
        scope = scope_of(user)
        where = EVERYWHERE if scope.may("accounts.invite_user") else scope.reads_where("people")
        if where == EVERYWHERE:
            return self
        there = RoleGrant.objects.in_force().filter(Q(office__in=where) | Q(office=None)) if where else RoleGrant.objects.none()
        return self.filter(Q(pk=user.pk) | Q(pk__in=there.values("user")))

    def found_by(self, words: str) -> "UserQuerySet":
        """Those whose name or address holds every one of the words."""
        found = self
        for word in words.split():
            found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(short_name__icontains=word))
        return found


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Users by their e-mail, in any case."""

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, AggregateRoot):
    """Somebody who signs in. What they may do and see stands in their roles, nowhere else."""

    stream_kind = "user"
    verbs = (
        creates("invite_user", label=_("Invite a colleague")),
        still("invite_again", label=_("Send the invitation again"), sources=ANY),
        still("accept_invitation", label=_("Accept the invitation"), sources=ANY, said_by_machine=True),
        still("choose_language", label=_("Choose one’s language"), sources=ANY),
        still("correct_user", label=_("Correct name or address"), sources=ANY),
        still("deactivate_user", label=_("End access"), sources=ANY),
        still("reactivate_user", label=_("Give access again"), sources=ANY),
        still("grant_role", label=_("Give a role"), sources=ANY),
        still("revoke_role", label=_("Take a role back"), sources=ANY),
    )

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("called"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    invited_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """The name that colleagues use."""
        return self.short_name or (self.name.split()[0] if self.name else self.email)

    @property
    def is_invited(self) -> bool:
        """Whether the invitation still waits: no password was ever chosen."""
        return not self.has_usable_password()

    def get_absolute_url(self) -> str:
        return reverse("accounts:person", args=[self.pk])

    def get_short_name(self) -> str:
        return self.called

    def get_full_name(self) -> str:
        return self.name


class Office(AggregateRoot):
    """A place where people are met."""

    stream_kind = "office"
    verbs = (
        creates("open_office", label=_("Open an office")),
        still("correct_office", label=_("Correct an office"), sources=ANY),
    )

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Africa/Tunis")
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def office_id(self) -> Any:
        """Whose locks apply to the office itself: its own."""
        return self.pk


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, *, at: dt.datetime | None = None) -> "RoleGrantQuerySet":
        """Granted, and not ended, at the moment."""
        at = at or clock.now()
        return self.filter(since__lte=at).filter(Q(until=None) | Q(until__gt=at))


class RoleGrant(models.Model):
    """One role of one user at one office, or at every office (`office` empty), from since to until."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=30)
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="grants", verbose_name=_("office")
    )
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=60, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="role_is_known"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="role_ends_after_it_began"),
            models.UniqueConstraint(
                fields=["user", "role", "office"], condition=Q(until=None, office__isnull=False), name="role_once_at_an_office"
            ),
            models.UniqueConstraint(fields=["user", "role"], condition=Q(until=None, office=None), name="role_once_everywhere"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def label(self) -> Any:
        """What the role is called."""
        return ROLES[self.role].label

    @property
    def where(self) -> Any:
        """The office where it counts, by its name."""
        return self.office.name if self.office else _("every office")
