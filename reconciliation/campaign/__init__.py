"""The campaign as managers see it: plan, figures at every close, forecast, reports, difficulties."""
