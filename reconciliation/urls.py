"""The addresses of the work itself."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
