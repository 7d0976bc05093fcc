from django.apps import AppConfig


class LanddbConfig(AppConfig):
    name = "landdb"
    verbose_name = "landdb"
