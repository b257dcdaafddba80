"""Instruments and answers as FHIR R4: plain dictionaries, ready to be written as JSON.

What is mapped to what stands in docs/instruments.md.
"""
