"""Pure functions on the text of land records: no Django, no database, no clock beyond today's date."""
