"""The bench `classification`: every plot of a made-up province into its group."""
