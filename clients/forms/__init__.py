"""What a client is asked (an account, consents, the intake in four steps), and the request to meet."""

from clients.forms.concerns import ConcernsForm
from clients.forms.consents import ConsentForm
from clients.forms.episode_ending import EndForm
from clients.forms.intake_step import StepForm
from clients.forms.introduction import AcceptForm, AskForm, DeclineForm
from clients.forms.introduction_move import MoveForm
from clients.forms.past_care import BeforeForm
from clients.forms.practical import PracticalForm
from clients.forms.session_log import CalendarForm, CalendarSessionsForm, SessionDateForm
from clients.forms.sign_up import JoinForm, PasswordForm
from clients.forms.style import StyleForm

STEPS: dict[str, type[StepForm]] = {
    "practical": PracticalForm,
    "concerns": ConcernsForm,
    "style": StyleForm,
    "before": BeforeForm,
}

__all__ = [
    "STEPS",
    "AcceptForm",
    "AskForm",
    "CalendarForm",
    "CalendarSessionsForm",
    "ConsentForm",
    "DeclineForm",
    "EndForm",
    "JoinForm",
    "MoveForm",
    "PasswordForm",
    "SessionDateForm",
    "StepForm",
]
