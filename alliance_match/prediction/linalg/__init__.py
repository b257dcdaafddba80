"""Sparse Cholesky factorisation of the joint precision."""
