"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("landdb.web.urls")),
    path("", include("reconciliation.urls")),
]

handler400 = "landdb.web.errors.bad_request"
handler403 = "landdb.web.errors.forbidden"
handler404 = "landdb.web.errors.not_found"
handler500 = "landdb.web.errors.broken"
