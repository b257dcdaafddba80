"""Made-up clinics whose truth is known."""
