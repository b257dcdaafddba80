"""From ratings to the posterior: sums, variances, fits and their changes."""
