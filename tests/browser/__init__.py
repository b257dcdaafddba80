"""A package, so that what its fixtures open is closed when its tests are done."""
