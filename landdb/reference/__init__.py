"""Facts that landdb brings along as CSV files: units, codes, number prefixes, name frequencies."""
