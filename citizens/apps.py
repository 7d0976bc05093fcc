from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "citizens"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Pages tell the problems of an extract also where nothing imports one."""
        from . import extract_problems  # noqa: F401
