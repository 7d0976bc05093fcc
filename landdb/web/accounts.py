"""Accounts: who may come in, as what, where. For administrators."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from landdb.models import AccessLog, Role, TypedSearch, User

from .account_forms import AccountFilter, AccountForm, accounts_of, new_password
from .gate import allow
from .paging import newest, older, page_of
from .signed_in import user_of

PAGE = 50


@allow(Role.ADMINISTRATOR)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts of the administrator's territory, newest first."""
    user = user_of(request)
    wanted = accounts_of(user)
    form = AccountFilter(request.GET, by=user)
    if form.is_valid():
        if role := form.cleaned_data["role"]:
            wanted = wanted.filter(role=role)
        if commune := form.cleaned_data["commune"]:
            wanted = wanted.filter(commune=commune)
    typed = TypedSearch.objects.filter(user=user, token=request.GET.get("q", "")).first()
    if typed:
        wanted = wanted.filter(Q(username__icontains=typed.text) | Q(full_name__icontains=typed.text))
    page = page_of(wanted, request.GET.get("before"), PAGE)
    context = {
        "accounts": page[:PAGE],
        "form": form,
        "typed": typed,
        "older": older(request, page, PAGE),
        "newest": newest(request),
    }
    return render(request, "accounts/accounts.html", context)


@allow(Role.ADMINISTRATOR)
@require_POST
def account_search(request: HttpRequest) -> HttpResponse:
    """Keep the typed name on the server and list under its token."""
    typed = " ".join(request.POST.get("text", "").split())[:200]
    if not typed:
        return redirect("accounts")
    kept = TypedSearch.objects.create(user=user_of(request), text=typed)
    return redirect(f"{reverse('accounts')}?q={kept.token}")


@allow(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """A new account; its first password is shown once, here."""
    by = user_of(request)
    form = AccountForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        password = new_password()
        with transaction.atomic():
            account = form.save(commit=False)
            account.set_password(password)
            account.must_change_password = True
            account.save()
            _log(by, account, _("tạo tài khoản"))
        return render(request, "accounts/password_once.html", {"account": account, "password": password})
    return render(request, "accounts/account.html", {"form": form})


@allow(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, role, territory; stop an account."""
    by = user_of(request)
    found = get_object_or_404(accounts_of(by), pk=pk)
    form = AccountForm(request.POST or None, instance=found, by=by)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            _log(by, found, _("đổi: %(fields)s") % {"fields": _labels(form)})
        messages.success(request, _("Đã lưu tài khoản %(username)s.") % {"username": found.username})
        return redirect("accounts")
    return render(request, "accounts/account.html", {"form": form, "account": found})


@allow(Role.ADMINISTRATOR)
@never_cache
@require_POST
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password for somebody who lost theirs, shown once; all of their sessions end."""
    by = user_of(request)
    found = get_object_or_404(accounts_of(by), pk=pk)
    if found.pk == by.pk:
        return redirect("password")
    password = new_password()
    with transaction.atomic():
        found.set_password(password)
        found.must_change_password = True
        found.save(update_fields=["password", "must_change_password"])
        _log(by, found, _("đặt lại mật khẩu"))
    return render(request, "accounts/password_once.html", {"account": found, "password": password})


def _labels(form: AccountForm) -> str:
    return ", ".join(str(form.fields[name].label or name) for name in form.changed_data)


def _log(by: User, account: User, what: str) -> None:
    AccessLog.objects.create(
        user=by,
        action=AccessLog.Action.ACCOUNT,
        subject="account",
        subject_id=account.pk,
        commune=account.commune,
        reason=what[:300],
    )
