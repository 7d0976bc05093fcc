"""Measurements at the size of a province, and the made-up people that they are taken on."""
