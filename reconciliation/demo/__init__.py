"""A synthetic province, as large and as dirty as a real one, of made-up people only."""
