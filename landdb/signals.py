"""What the parts of landdb tell each other without knowing each other."""

from django.dispatch import Signal

#: A process of the site is up, and has not answered anybody yet.
site_opens = Signal()
