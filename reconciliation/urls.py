"""The addresses of the work itself."""

from django.urls import URLPattern, path

from .web import (
    bands,
    decisions,
    duplicate,
    duplicates,
    extract_changes,
    extracts,
    land_users,
    overview,
    plots,
    queue,
    uploads,
    whole_run,
    worklist,
)

urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="queue"),
    path("queue/people/", worklist.worklist, name="worklist"),
    path("search/", queue.search, name="search"),
    path("plots/<int:pk>/", plots.plot, name="plot"),
    path("plots/<int:pk>/confirm/", plots.confirm, name="plot-confirm"),
    path("findings/<int:pk>/waive/", plots.waive, name="finding-waive"),
    path("consents/<int:pk>/answer/", plots.answer, name="consent-answer"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<int:pk>/", duplicate.duplicate, name="duplicate"),
    path("duplicates/<int:pk>/reveal/", duplicate.reveal, name="duplicate-reveal"),
    path("duplicates/<int:pk>/decide/", duplicate.decide, name="duplicate-decide"),
    path("land-users/<int:pk>/", land_users.land_user, name="land-user"),
    path("land-users/<int:pk>/reveal/", land_users.reveal, name="land-user-reveal"),
    path("land-users/<int:pk>/decide/", land_users.decide, name="land-user-decide"),
    path("overview/", overview.overview, name="overview"),
    path("whole-run/", whole_run.whole_run, name="whole-run"),
    path("bands/", bands.bands, name="bands"),
    path("bands/<int:pk>/", bands.band, name="band"),
    path("decisions/<int:pk>/undo/", decisions.undo, name="decision-undo"),
    path("uploads/", uploads.batches, name="uploads"),
    path("uploads/<int:pk>/", uploads.batch, name="upload"),
    path("uploads/<int:pk>/headers/", uploads.headers, name="upload-headers"),
    path("uploads/<int:pk>/decide/", uploads.decide, name="upload-decide"),
    path("uploads/<int:pk>/undo/", uploads.undo, name="upload-undo"),
    path("extracts/", extracts.extracts, name="extracts"),
    path("extracts/<int:pk>/", extract_changes.changes, name="extract"),
    path("extracts/<int:pk>/rematch/", extract_changes.rematch, name="extract-rematch"),
]
