"""Template words shared by all pages."""

from django import template

register = template.Library()
