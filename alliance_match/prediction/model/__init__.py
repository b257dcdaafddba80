"""What is believed: columns, design rows and priors."""
