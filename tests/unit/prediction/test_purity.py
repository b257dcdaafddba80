import subprocess
import sys


def test_import_loads_nothing_of_django():
    code = "import sys, alliance_match.prediction; print([m for m in sys.modules if m.startswith(FOREIGN)])"
    code = code.replace("FOREIGN", "('django', 'celery', 'rest_framework')")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_public_names_are_all_there_and_documented():
    from alliance_match import prediction

    for name in prediction.__all__:
        assert getattr(prediction, name).__doc__ or name == "Verdict"
