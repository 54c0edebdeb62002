"""Money: what waits for whom, one contract, orders and their files, statements, accounts, periods; and the verbs of each."""

import base64
import binascii
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework.models import Case, Programme
from grants import money_page, payment_files
from grants.actions import accounts, contracts, ledger, periods, statements, tranches
from grants.forms import money as forms
from grants.models import Account, ClosedPeriod, Contract, PaymentOrder, Pitch, Statement, Tranche
from grants.statements import MOST_BYTES
from grants.states import PayBy
from grants.views.verbs import VerbPage, verb_path, visible
from workflows import accesses
from workflows.acting import Refused
from workflows.models import Draft

_READERS = {"grant_officer", "finance", "programme_manager"}
_FINANCE = _("Finance orders payments and reads in statements.")
_DRAFT = "grants.import_statement"
_FORMATS = {"csv": ("text/csv; charset=utf-8", "csv"), **dict.fromkeys(payment_files.VERSIONS, ("application/xml", "xml"))}


def _may(request: HttpRequest, verb: str, sentence: Any) -> Any:
    """The offices where the reader has the verb; PermissionDenied with the sentence where there is none."""
    where = scope_of(request.user).where(f"grants.{verb}")
    if not where:
        raise PermissionDenied(sentence)
    return where


@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What waits: to be approved, ordered, confirmed, accounted for; accounts to call; lines of statements that say nothing."""
    scope = scope_of(request.user)
    if not scope.roles & _READERS:
        raise PermissionDenied(_("Those who approve, pay or sign use this list."))
    finance = scope.may("grants.make_payment_order")
    context = {
        "waiting": money_page.waiting_of(request.user),
        "accounts": money_page.accounts_to_call(request.user) if finance else [],
        "statements": money_page.statements_with_open_lines(request.user) if finance else [],
        "suspended": list(Contract.objects.visible_to(request.user).exclude(suspended_on=None).select_related("case")[:100]),
        "orders": list(PaymentOrder.objects.visible_to(request.user)[:10]),
        "finance": finance,
        "approves": scope.may("grants.approve_tranche"),
    }
    return render(request, "grants/payments.html", context)


@require_safe
def contract(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One promise of money: what was promised, its tranches with their evidence, what is next, and its ledger."""
    found = visible(Contract, request, pk)
    name = money_page.who(found, request.user)
    if name:
        accesses.note(request, "person", found.case.person_id)
    sees_file = Case.objects.visible_to(request.user).filter(pk=found.case_id).exists()
    book = money_page.book(found)
    offered = money_page.offered(found, book, request.user)
    context = {
        "contract": found,
        "who": name,
        "sees_file": sees_file,
        "parts": money_page.parts_of(found, request.user),
        "book": book,
        "entries": list(found.entries.select_related("tranche", "corrects").order_by("pk")),
        "rounding": money_page.rounding_of(found),
        "options": offered,
        "not_yet": [one for one in offered if one.status == "blocked"],
        "account": next(iter(_accounts_of(found)), None),
    }
    return render(request, "grants/contract.html", context)


def _accounts_of(found: Contract) -> Any:
    rows = Account.objects.in_force()
    return rows.filter(case=found.case_id, contract=None) if found.payee_kind == "person" else rows.filter(contract=found)


def _case(request: HttpRequest, pk: UUID) -> Case:
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("person", "programme"), pk=pk)


@require_safe
def money_of_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The money of one case: where it goes, and every promise with its tranches."""
    case = _case(request, pk)
    scope = scope_of(request.user)
    if not scope.reads("money", case.office_id):
        raise PermissionDenied(_("Those who advise, approve or pay read of money."))
    accesses.note(request, "person", case.person_id)
    promises = Contract.objects.visible_to(request.user).filter(case=case).prefetch_related("tranches")
    context = {
        "case": case,
        "accounts": list(Account.objects.visible_to(request.user).in_force().filter(case=case)),
        "contracts": [(one, money_page.book(one).balance) for one in promises],
        "may_set": scope.may("grants.set_account", case.office_id),
        "may_grant": scope.may("grants.grant_support", case.office_id),
        "may_check": scope.may("grants.check_account", case.office_id),
    }
    return render(request, "grants/money_of_case.html", context)


def _on_case(request: HttpRequest, pk: UUID, verb: str, sentence: Any, make: Any) -> HttpResponse:
    """A page that begins something for a case: its form, the verb, where it leads."""
    case = _case(request, pk)
    if not scope_of(request.user).may(f"grants.{verb}", case.office_id):
        raise PermissionDenied(sentence)
    form, press, title, will = make(case)
    refused: list[Any] = []
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            made = press(form)
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            return redirect(made)
    context = {"case": case, "form": form, "refused": refused, "title": title, "will": will}
    return render(request, "grants/on_case.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def set_account(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down where money of this case goes."""

    def make(case: Case) -> tuple[Any, ...]:
        form = forms.AccountForm(request.POST or None, initial={"holder": case.person.name, "pay_by": PayBy.TRANSFER})
        others = Contract.objects.visible_to(request.user).filter(case=case).exclude(payee_kind="person")
        form.fields["contract"].queryset = others
        if not others.exists():
            del form.fields["contract"]
        will = _("Finance calls the person, and money waits until then.")
        return (
            form,
            lambda said: accounts.set_account(case, by=request.user, **said.cleaned_data),
            _("Write down the account"),
            will,
        )

    return _on_case(request, pk, "set_account", _("The caseworker writes the account down with the person."), make)


@require_http_methods(["GET", "HEAD", "POST"])
def grant_support(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Promise a support that no jury awards."""

    def make(case: Case) -> tuple[Any, ...]:
        form = forms.SupportForm(request.POST or None, currency=case.programme.currency)
        will = _("It is paid like an award: asked for, approved and ordered by three people. Nothing is paid by this.")
        return form, lambda said: contracts.grant_support(case, by=request.user, **said.keywords()), _("Grant a support"), will

    return _on_case(request, pk, "grant_support", _("The caseworker or the grant officer grants a support."), make)


# ——— orders ———


@require_http_methods(["GET", "HEAD", "POST"])
def make_payment_order(request: HttpRequest) -> HttpResponse:
    """Order the payments that were ticked, together; the account that pays is that of the last order."""
    _may(request, "make_payment_order", _FINANCE)
    said = request.POST if request.method == "POST" else request.GET
    keys = [one for one in said.getlist("tranche") if _is_key(one)][:200]
    rows = list(Tranche.objects.visible_to(request.user).filter(pk__in=keys).select_related("contract__case__person"))
    last = PaymentOrder.objects.visible_to(request.user).first()
    began = {name: getattr(last, name) for name in ("payer_name", "payer_account", "payer_bic")} if last else {}
    form = forms.OrderForm(request.POST or None, initial={**began, "execute_on": _today()})
    refused: list[Any] = []
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            order = tranches.make_payment_order(rows, by=request.user, **form.cleaned_data)
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.CONFLICT
        else:
            messages.success(request, _("The order is made. It pays nothing by itself: hand it to the bank."))
            return redirect(order)
    context = {"rows": rows, "form": form, "refused": refused, "currencies": {one.contract.currency for one in rows}}
    return render(request, "grants/make_payment_order.html", context, status=status)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _today() -> Any:
    from workflows import clock

    return clock.today()


def _order(request: HttpRequest, pk: UUID) -> PaymentOrder:
    found: PaymentOrder = visible(PaymentOrder, request, pk)
    if not scope_of(request.user).reads("names", found.office_id):
        raise PermissionDenied(_("An order names people: those who approve and pay read it."))
    return found


@require_safe
def payment_order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One order: its payments, how far each is, and the files and sheets of it."""
    found = _order(request, pk)
    rows = found.tranches.select_related("contract__case__person", "account").order_by("payment_key")
    context = {
        "order": found,
        "rows": rows,
        "data": money_page.order_as_data(found),
        "formats": ["csv", *payment_files.VERSIONS] if found.pay_by == PayBy.TRANSFER else ["csv"],
        "finance": scope_of(request.user).may("grants.make_payment_order", found.office_id),
    }
    return render(request, "grants/payment_order.html", context)


@require_safe
def payment_order_file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The order as a file. That it was downloaded confirms nothing."""
    found = _order(request, pk)
    if not scope_of(request.user).may("grants.make_payment_order", found.office_id):
        raise PermissionDenied(_FINANCE)
    data = money_page.order_as_data(found)
    if kind not in _FORMATS or not data.payees or (kind != "csv" and found.pay_by != PayBy.TRANSFER):
        raise Http404
    for one in found.tranches.select_related("contract__case"):
        accesses.note(request, "person", one.contract.case.person_id, kind="export")
    content_type, ending = _FORMATS[kind]
    body = payment_files.as_csv(data) if kind == "csv" else payment_files.as_pain(data, kind)
    answer = HttpResponse(body, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.{ending}"'
    return answer


@require_safe
def payment_order_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The order on paper, to be signed: for the bank, a register of cheques, a postal list, or receipts for cash."""
    found = _order(request, pk)
    rows = list(found.tranches.select_related("contract__case__person", "account").order_by("payment_key"))
    for one in rows:
        accesses.note(request, "person", one.contract.case.person_id, kind="print")
    context = {"order": found, "rows": rows, "data": money_page.order_as_data(found)}
    return render(request, "grants/payment_order_print.html", context)


# ——— statements ———


@require_http_methods(["GET", "HEAD", "POST"])
def import_statement(request: HttpRequest) -> HttpResponse:
    """Two steps: what each line would do, and then to do it. What was uploaded is kept encrypted in between."""
    where = _may(request, "import_statement", _FINANCE)
    offices = Office.objects.filter(active=True)
    offices = offices if where == EVERYWHERE else offices.filter(pk__in=where)
    programmes = Programme.objects.filter(programme_offices__office__in=offices).distinct()
    if request.method == "POST" and request.POST.get("step") == "read_in":
        return _read_in(request, programmes, offices)
    form = forms.StatementForm(request.POST or None, request.FILES or None)
    form.fields["programme"].queryset, form.fields["office"].queryset = programmes, offices
    refused: list[Any] = []
    proposed: list[Any] = []
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        data = said["file"].read(MOST_BYTES + 1)
        try:
            lines = statements.read_lines(data, said["programme"].currency)
        except Refused as why:
            refused, status = why.blockers, HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            proposed = statements.proposals(lines, Tranche.objects.visible_to(request.user).select_related("contract__case"))
            payload = {
                "data": base64.b64encode(data).decode(),
                "name": said["file"].name[:120],
                "programme": str(said["programme"].pk),
                "office": str(said["office"].pk),
            }
            Draft.keep(owner=request.user, form=_DRAFT, payload=payload)
    context = {"form": form, "refused": refused, "proposed": proposed}
    return render(request, "grants/import_statement.html", context, status=status)


def _read_in(request: HttpRequest, programmes: Any, offices: Any) -> HttpResponse:
    kept = Draft.of(owner=request.user, form=_DRAFT)
    if kept is None:
        messages.warning(request, _("Nothing is kept any more: choose the statement again."))
        return redirect("grants:import_statement")
    said = kept.payload
    programme = get_object_or_404(programmes, pk=said["programme"])
    office = get_object_or_404(offices, pk=said["office"])
    try:
        data = base64.b64decode(said["data"], validate=True)
        found = statements.import_statement(by=request.user, programme=programme, office=office, name=said["name"], data=data)
    except binascii.Error as broken:
        raise Http404 from broken
    except Refused as why:
        context = {"form": None, "refused": why.blockers, "proposed": []}
        return render(request, "grants/import_statement.html", context, status=HTTPStatus.CONFLICT)
    Draft.drop(owner=request.user, form=_DRAFT)
    messages.success(request, _("The statement is read in."))
    return redirect(found)


@require_safe
def statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One statement: the lines that nobody has explained first."""
    found = visible(Statement, request, pk)
    lines = list(found.lines.select_related("tranche__contract__case").order_by("position"))
    unmatched = [one for one in lines if one.tranche_id is None and not one.explained]
    return render(request, "grants/statement.html", {"statement": found, "lines": lines, "unmatched": unmatched})


# ——— periods ———


@require_http_methods(["GET", "HEAD", "POST"])
def close_periods(request: HttpRequest) -> HttpResponse:
    """What is closed, what is proposed, and the form that proposes the next."""
    scope = scope_of(request.user)
    if not scope.roles & _READERS:
        raise PermissionDenied(_("Those who approve, pay or sign use this list."))
    where = scope.where("grants.propose_close_period")
    form = None
    refused: list[Any] = []
    status = HTTPStatus.OK
    if where:
        form = forms.PeriodForm(request.POST or None)
        mine = Programme.objects.all() if where == EVERYWHERE else Programme.objects.filter(programme_offices__office__in=where)
        form.fields["programme"].queryset = mine.distinct()
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("Finance proposes to close a period."))
        if form.is_valid():
            said = form.cleaned_data
            try:
                periods.propose_close_period(said["programme"], by=request.user, until=said["until"])
            except Refused as why:
                refused, status = why.blockers, HTTPStatus.CONFLICT
            else:
                messages.success(request, _("Proposed. The programme manager closes it."))
                return redirect("grants:periods")
    rows = list(ClosedPeriod.objects.visible_to(request.user).select_related("programme", "proposed_by", "closed_by")[:60])
    context = {"rows": rows, "form": form, "refused": refused, "may_close": scope.may("grants.close_period")}
    return render(request, "grants/periods.html", context, status=status)


_ADDED = _("It is written down.")
PAGES = [
    VerbPage(
        Pitch, "pitches", forms.ReadOutForm, contracts.read_out_contract,
        _("The contract was read out in a language that the person understands. It can be signed a day later."), _ADDED,
    ),
    VerbPage(
        Pitch, "pitches", forms.SignContractForm, contracts.sign_contract,
        _("The award becomes a contract with its tranches. The jury’s conditions are asked for before the first."),
        _("The contract is signed."),
    ),
    VerbPage(
        Pitch, "pitches", forms.JustPress, contracts.complete_contract,
        _("Everything is paid and accounted for. The follow-up goes on by itself."), _("The contract is completed."),
    ),
    VerbPage(
        Pitch, "pitches", forms.ReasonForm, contracts.propose_termination,
        _("Another person signs. Nothing stops before that, and nothing is asked back: a business that failed broke no promise."),
        _("Proposed. Another person signs it."),
    ),
    VerbPage(
        Pitch, "pitches", forms.JustPress, contracts.terminate_contract,
        _("What is not paid yet is cancelled. What was paid stays paid."), _("The contract is ended."),
    ),
    VerbPage(
        Contract, "contracts", forms.ReasonForm, contracts.suspend_contract,
        _("Nothing is asked for, approved or ordered until it is lifted. Nothing is cancelled."), _("Payments are suspended."),
    ),
    VerbPage(
        Contract, "contracts", forms.OptionalReasonForm, contracts.lift_suspension, _("Payments go on."), _("Payments go on."),
    ),
    VerbPage(
        Contract, "contracts", forms.VisitForm, contracts.record_visit,
        _("The visit belongs to the contract. It is no question of the follow-up, and no answer of it is shown here."), _ADDED,
    ),
    VerbPage(
        Contract, "contracts", forms.RecoveryForm, ledger.propose_recovery,
        _("Only for money not spent as agreed, paid by mistake, or unspent; the person is heard first. Another person decides."),
        _("Proposed. Another person decides."),
    ),
    VerbPage(
        Contract, "contracts", forms.JustPress, ledger.record_recovery,
        _("The money is asked back: one line against the contract. What would be a hardship can be waived instead."), _ADDED,
    ),
    VerbPage(
        Contract, "contracts", forms.ReasonForm, ledger.waive_recovery,
        _("The money is not asked back, for hardship or another reason."), _("Waived."),
    ),
    VerbPage(
        Contract, "contracts", forms.CorrectLedgerForm, ledger.correct_ledger,
        _("A line is never changed: a new one of today takes it back and points to it."), _ADDED,
    ),
    VerbPage(
        Tranche, "tranches", forms.JustPress, tranches.request_tranche,
        _("The grant officer sees what was handed in, and approves it or sends it back."), _("It is asked for."),
    ),
    VerbPage(
        Tranche, "tranches", forms.ReasonForm, tranches.return_tranche,
        _("The caseworker mends it with the person and asks again."), _("Sent back."),
    ),
    VerbPage(
        Tranche, "tranches", forms.EvidenceForm, tranches.answer_evidence,
        _("A paper of the case shows what was asked for."), _ADDED,
    ),
    VerbPage(
        Tranche, "tranches", forms.WaiveEvidenceForm, tranches.waive_evidence,
        _("The payment does not wait for it. A condition of the jury stays."), _ADDED,
    ),
    VerbPage(
        Tranche, "tranches", forms.JustPress, tranches.approve_tranche,
        _("Finance may order it then. Above the programme’s ceiling a second person approves as well."), _("Approved."),
    ),
    VerbPage(
        Tranche, "tranches", forms.ConfirmForm, tranches.confirm_payment,
        _("A signed receipt says that the money arrived. What a statement says is confirmed where it is read in."),
        _("The payment is confirmed."),
    ),
    VerbPage(
        Tranche, "tranches", forms.BounceForm, tranches.bounce,
        _("The money is back. Look at the account with the person before it is ordered again."), _("It came back."),
    ),
    VerbPage(
        Tranche, "tranches", forms.JustPress, tranches.order_again,
        _("It may be ordered again, under a new key."), _("It waits to be ordered."),
    ),
    VerbPage(
        Tranche, "tranches", forms.ReceiptForm, tranches.add_receipt, _("What the money bought, on paper."), _ADDED,
    ),
    VerbPage(
        Tranche, "tranches", forms.OptionalReasonForm, tranches.account_for,
        _("The receipts were looked at and are right. The next tranche can be asked for."), _("Accounted for."),
    ),
    VerbPage(
        Tranche, "tranches", forms.ReasonForm, tranches.cancel_tranche,
        _("It will not be paid. This cannot be undone; a support can be granted anew."), _("Cancelled."),
    ),
    VerbPage(
        Account, "payees", forms.ReplaceAccountForm, accounts.replace_account,
        _("Payments wait until finance has called the number on file before, and the person is told on the way you have."),
        _("Written down. Payments wait until finance has called."),
    ),
    VerbPage(
        Account, "payees", forms.CheckAccountForm, accounts.check_account,
        _("Call the number shown, which stood in the file before the account was written down. Never one given with it."),
        _("The account is confirmed."), "grants/check_account.html",
    ),
    VerbPage(
        Statement, "statements", forms.MatchLineForm, statements.match_line,
        _("A line pays a tranche, sends one back, or is something else. Each line is said once."), _ADDED,
    ),
    VerbPage(
        ClosedPeriod, "periods", forms.JustPress, periods.close_period,
        _("No cost, payment or placement dated inside is added or changed after this. A correction is a new line."),
        _("The period is closed."),
    ),
]  # fmt: skip

addresses: list[Any] = [
    path("payments/", payments, name="payments"),
    path("payments/order/", make_payment_order, name="make_payment_order"),
    path("payment-orders/<uuid:pk>/", payment_order, name="payment_order"),
    path("payment-orders/<uuid:pk>/print/", payment_order_print, name="payment_order_print"),
    path("payment-orders/<uuid:pk>/file/<str:kind>/", payment_order_file, name="payment_order_file"),
    path("statements/import/", import_statement, name="import_statement"),
    path("statements/<uuid:pk>/", statement, name="statement"),
    path("periods/", close_periods, name="periods"),
    path("contracts/<uuid:pk>/", contract, name="contract"),
    path("cases/<uuid:pk>/money/", money_of_case, name="money_of_case"),
    path("cases/<uuid:pk>/set-account/", set_account, name="set_account"),
    path("cases/<uuid:pk>/grant-support/", grant_support, name="grant_support"),
    *map(verb_path, PAGES),
]
