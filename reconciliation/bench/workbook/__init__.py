"""How long a commune's workbook takes: given out, rehearsed, applied, annotated, taken back."""
