"""Coming in, going out, and changing one's password."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_failure_limit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from landdb.models import AccessLog, User

from .gate import ANONYMOUS, EVERYONE, allow
from .signed_in import user_of

#: From here on a wrong password is told how many tries are left.
WARN_FROM = 3


class SignInForm(AuthenticationForm):
    """Name and password; the name counts in lower case."""

    username = forms.CharField(label=gettext_lazy("Tên đăng nhập"), max_length=40)
    password = forms.CharField(label=gettext_lazy("Mật khẩu"), strip=False, widget=forms.PasswordInput)
    error_messages = {
        "invalid_login": gettext_lazy("Tên hoặc mật khẩu chưa đúng."),
        "inactive": gettext_lazy("Tên hoặc mật khẩu chưa đúng."),
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "signing/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        _log(user_of(self.request), AccessLog.Action.SIGN_IN)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        left = _tries_left(self.request, form.cleaned_data.get("username", ""))
        warning = ""
        if left is not None and left <= WARN_FROM:
            warning = _("Số lần còn lại trước khi tạm khoá 15 phút: %(left)s.") % {"left": max(left, 0)}
        return self.render_to_response(self.get_context_data(form=form, warning=warning))


sign_in = allow(*ANONYMOUS)(SignIn.as_view())


def _tries_left(request: HttpRequest, username: str) -> int | None:
    """Wrong passwords that are still free before the name is locked; None where nothing counts them."""
    credentials = {"username": username}
    failures = AxesProxyHandler.get_failures(request, credentials)
    return get_failure_limit(request, credentials) - failures if failures else None


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    """One clear sentence after too many wrong passwords."""
    return render(request, "signing/locked_out.html", status=429)


@allow(*EVERYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@allow(*EVERYONE)
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; after a new account or a reset this comes before everything else."""
    user = user_of(request)
    form = PasswordChangeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user.must_change_password = False
        form.save()
        update_session_auth_hash(request, user)
        _log(user, AccessLog.Action.ACCOUNT)
        messages.success(request, _("Đã đổi mật khẩu."))
        return redirect("home")
    return render(request, "signing/password.html", {"form": form})


def _log(user: User, action: AccessLog.Action) -> None:
    AccessLog.objects.create(user=user, action=action, subject="account", subject_id=user.pk)
