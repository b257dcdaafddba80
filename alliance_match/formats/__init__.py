"""How each language writes days and hours; templates and code name these formats and never spell them out.

Every language of `settings.LANGUAGES` has a module here with the same names. Where Django has a name for a
format, it is Django's.
"""
