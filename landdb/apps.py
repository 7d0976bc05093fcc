from django.apps import AppConfig


class LanddbConfig(AppConfig):
    name = "landdb"
    verbose_name = "landdb"

    def ready(self) -> None:
        from . import any_of, celery  # noqa: F401  tasks are sent to our queue, whoever sends them
        from .web import day_input

        any_of.register()
        day_input.show_how()
