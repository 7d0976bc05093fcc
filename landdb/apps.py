from django.apps import AppConfig


class LanddbConfig(AppConfig):
    name = "landdb"
    verbose_name = "landdb"

    def ready(self) -> None:
        from . import any_of, celery  # noqa: F401  tasks are sent to our queue, whoever sends them

        any_of.register()
