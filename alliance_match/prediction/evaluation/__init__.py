"""How good forecasts are, and how far to trust them."""
