"""The addresses of the ground: signing in, accounts, the access log, jobs."""

from django.urls import path

from . import home, language, signing

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("password/", signing.password, name="password"),
    path("language/", language.language, name="language"),
]
