"""From a fit to forecasts, orders, placements and what they rest on."""
