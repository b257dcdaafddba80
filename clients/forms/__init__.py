"""What a client is asked: what they agree to, and the intake in four steps."""

from clients.forms.before import BeforeForm
from clients.forms.concerns import ConcernsForm
from clients.forms.consents import ConsentForm
from clients.forms.practical import PracticalForm
from clients.forms.step import StepForm
from clients.forms.style import StyleForm

STEPS: dict[str, type[StepForm]] = {
    "practical": PracticalForm,
    "concerns": ConcernsForm,
    "style": StyleForm,
    "before": BeforeForm,
}

__all__ = ["STEPS", "ConsentForm", "StepForm"]
