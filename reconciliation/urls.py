"""The addresses of the work itself."""

from django.urls import URLPattern, path

from .web import land_users, overview, plots, queue, whole_run

urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="queue"),
    path("search/", queue.search, name="search"),
    path("plots/<int:pk>/", plots.plot, name="plot"),
    path("plots/<int:pk>/confirm/", plots.confirm, name="plot-confirm"),
    path("findings/<int:pk>/waive/", plots.waive, name="finding-waive"),
    path("consents/<int:pk>/answer/", plots.answer, name="consent-answer"),
    path("land-users/<int:pk>/", land_users.land_user, name="land-user"),
    path("land-users/<int:pk>/reveal/", land_users.reveal, name="land-user-reveal"),
    path("land-users/<int:pk>/decide/", land_users.decide, name="land-user-decide"),
    path("overview/", overview.overview, name="overview"),
    path("whole-run/", whole_run.whole_run, name="whole-run"),
    path("decisions/<int:pk>/undo/", land_users.undo, name="decision-undo"),
]
