"""The cast: two offices, their people, and the roles that never change."""

from dataclasses import dataclass
from typing import Any

from accounts.actions import grant_role, invite_user, open_office
from accounts.models import Office, User
from workflows.acting import SYSTEM

BY = SYSTEM("config.make_demo")
PASSWORD = "come-home-safely"  # noqa: S105 (the demo's own, printed for whoever tries it)


@dataclass(frozen=True)
class Member:
    """One of the cast."""

    email: str
    name: str
    role: str
    office: str = ""
    language: str = "en"


CAST = (
    Member("amina", "Amina Trabelsi", "caseworker", "TUNIS"),
    Member("boris", "Boris Petrov", "supervisor", "TUNIS"),
    Member("samia", "Samia Khelifi", "caseworker", "TUNIS"),
    Member("chen", "Chen Wei", "caseworker", "ZARZIS"),
    Member("nour", "Nour Ben Salah", "supervisor", "ZARZIS"),
    Member("rida", "Rida Ayari", "front_desk", "TUNIS"),
    Member("leila", "Leila Gharbi", "protection_lead", "TUNIS"),
    Member("dana", "Dana Novak", "finance"),
    Member("elif", "Elif Demir", "juror"),
    Member("idris", "Idris Haddad", "juror"),
    Member("karim", "Karim Mansouri", "juror"),
    Member("farid", "Farid Jaziri", "chair"),
    Member("gia", "Gia Beridze", "programme_manager"),
    Member("hana", "Hana Sato", "grant_officer"),
    Member("lena", "Lena Vogel", "data_protection"),
    Member("mona", "Mona Dridi", "administrator"),
)


@dataclass
class House:
    """Offices by code and users by short e-mail name."""

    offices: dict[str, Office]
    users: dict[str, User]

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None


def invite_cast() -> House:
    """Open both offices, invite everybody, give each their role."""
    offices = {
        "TUNIS": open_office(by=BY, code="TUNIS", name="Tunis", country="TN", phone="+216 71 000 100", hours="8:30–16:30"),
        "ZARZIS": open_office(by=BY, code="ZARZIS", name="Zarzis", country="TN", phone="+216 75 000 200", hours="8:30–16:30"),
    }
    users: dict[str, User] = {}
    for member in CAST:
        user = invite_user(
            by=BY,
            email=f"{member.email}@homeward.example",
            name=member.name,
            short_name=member.name.split()[0],
            language=member.language,
            letter=False,
        )
        grant_role(user, by=BY, role=member.role, office=offices.get(member.office))
        users[member.email] = User.objects.get(pk=user.pk)
    let_in(users.values())
    return House(offices, users)


def let_in(users: Any) -> None:
    """One password for the whole cast, hashed once: choosing it is what the invitation's link is for."""
    first = next(iter(users))
    first.set_password(PASSWORD)
    User.objects.filter(pk__in=[user.pk for user in users]).update(password=first.password)
    for user in users:
        user.password = first.password


def accounts() -> list[dict[str, str]]:
    """Who to log in as: role, e-mail and password of each, the three who open it every morning first."""
    return [{"role": member.role, "email": f"{member.email}@homeward.example", "password": PASSWORD} for member in CAST]
