"""The addresses of the ground: signing in, accounts, the access log, jobs."""

from django.urls import path

from . import access_log, accounts, home, jobs, language, signing

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("password/", signing.password, name="password"),
    path("language/", language.language, name="language"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<int:pk>/retry/", jobs.retry, name="job-retry"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/search/", accounts.account_search, name="account-search"),
    path("accounts/new/", accounts.account_new, name="account-new"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/password/", accounts.account_password, name="account-password"),
    path("access-log/", access_log.access_log, name="access-log"),
]
