from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Search in the middle of words needs pg_trgm."""

    initial = True
    dependencies = []
    operations = [TrigramExtension()]
