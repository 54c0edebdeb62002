"""Where money goes: written down, changed, and confirmed by somebody who calls the number that stood there before."""

from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import Case, Reach
from grants.conflicts import account_index
from grants.models import Account, Contract
from grants.states import CheckedHow, PayBy
from workflows import clock
from workflows.acting import act

_REMAINDER = 97


def is_iban(number: str) -> bool:
    """Whether the number has the shape of an IBAN: two letters, two digits, the rest."""
    return len(number) > 14 and number[:2].isalpha() and number[2:4].isdecimal() and number.isascii() and number.isalnum()


def iban_holds(number: str) -> bool:
    """Whether the check digits of an IBAN are right."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % _REMAINDER == 1


def set_account(
    case: Case,
    *,
    by: Any,
    holder: str,
    pay_by: str = PayBy.TRANSFER,
    number: str = "",
    bank: str = "",
    bic: str = "",
    contract: Contract | None = None,
) -> Account:
    """Write down where money goes: to the person, or for one contract to its employer or supplier.

    Nothing is paid to it before another person has checked it. Refuses a transfer without a number, an IBAN whose check digits
    are wrong, and a second account (change the first).
    """
    there = Account.objects.in_force().filter(**({"contract": contract} if contract else {"case": case, "contract": None})).first()
    if there is not None:
        raise refuse("there_already", _("An account is written down already: change it."), there.get_absolute_url(), _("Open it"))
    if contract is not None and contract.case_id != case.pk:
        raise refuse("another_case", _("This contract belongs to another case."))
    account = _account(case, by, contract=contract, **_clean(pay_by, holder, number, bank, bic))
    account.number_to_call = _number_on_file(case)
    with act(account, "grants.set_account", by=by) as account:
        account.says(case=case.pk, contract=contract.pk if contract else None, pay_by=account.pay_by)
    return account


def replace_account(
    account: Account,
    *,
    by: Any,
    holder: str,
    reason: str,
    pay_by: str = PayBy.TRANSFER,
    number: str = "",
    bank: str = "",
    bic: str = "",
    version: int | None = None,
) -> Account:
    """Write down another account. Payments wait until finance has called the number that was on file before; the person is told.

    Refuses without the reason, the same account again, and one that was replaced already.
    """
    if not reason.strip():
        raise refuse("reason", _("Write down why, and who asked for it."))
    said = _clean(pay_by, holder, number, bank, bic)
    with act(account, "grants.replace_account", by=by, version=version, note=reason) as account:
        if account.replaced_at:
            raise refuse("replaced", _("Another account was written down since."), account.get_absolute_url(), _("Open it"))
        if all(getattr(account, name) == value for name, value in said.items()):
            raise refuse("same", _("This is the account that stands there."))
        new = _account(account.case, by, contract=account.contract, **said)
        # The number that a call once proved; else the one on file now.
        new.number_to_call = (account.number_to_call if account.checked_at else "") or _number_on_file(account.case)
        account.replaced_at = clock.now()
        Account.objects.filter(pk=account.pk).update(replaced_at=account.replaced_at)
        account.adds(new)
        account.says(now=new.pk, pay_by=new.pay_by, case=account.case_id)
    return new


def check_account(account: Account, *, by: Any, how: str = CheckedHow.CALLED, version: int | None = None) -> Account:
    """Confirm the account: the number on file before the change was called, or the person came with a paper.

    Refuses whoever wrote it down, a call where no number was on file, and an account that was replaced or confirmed before.
    """
    with act(account, "grants.check_account", by=by, version=version) as account:
        who = author(by)
        if who == account.written_by_id:
            raise refuse("wrote_it", _("You wrote this account down: another person confirms it, whatever roles you hold."))
        if how == CheckedHow.CALLED and not account.number_to_call:
            raise refuse("no_number", _("No number was on file before: the person comes, and their paper is seen."))
        account.checked_at, account.checked_by_id = clock.now(), who
        account.says(how=str(CheckedHow(how)), case=account.case_id)
    return account


def _account(case: Case, by: Any, **said: Any) -> Account:
    return Account(case=case, written_at=clock.now(), written_by_id=author(by), number_index=account_index(said["number"]), **said)


def _clean(pay_by: str, holder: str, number: str, bank: str, bic: str) -> dict[str, str]:
    plain = "".join(number.split()).upper()
    if not holder.strip():
        raise refuse("holder", _("Say in whose name it is."))
    if pay_by == PayBy.TRANSFER and not plain:
        raise refuse("number", _("A transfer needs the number of the account."))
    if is_iban(plain) and not iban_holds(plain):
        raise refuse("iban", _("The check digits of this IBAN are wrong: a digit is missing or two have changed places."))
    return {"pay_by": pay_by, "holder": holder.strip(), "number": plain, "bank": bank.strip(), "bic": "".join(bic.split()).upper()}


def _number_on_file(case: Case) -> str:
    """The person's own telephone, as it stands in the file; never that of somebody else."""
    ways = case.person.reaches.filter(kind=Reach.Kind.PHONE).exclude(whose=Reach.Whose.TRUSTED)
    return next((way.value for way in ways if way.usable and way.value), "")
