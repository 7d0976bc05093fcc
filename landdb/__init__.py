"""landdb cleans a province's land database."""
