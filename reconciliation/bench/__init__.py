"""Measurements of landdb against what else there is, on people who are not real."""
