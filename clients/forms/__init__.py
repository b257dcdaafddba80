"""What a client is asked (an account, consents, the intake in four steps), and the request to meet."""

from clients.forms.concerns import ConcernsForm
from clients.forms.consents import ConsentForm
from clients.forms.episode_ending import EpisodeEndingForm
from clients.forms.intake_step import IntakeStepForm
from clients.forms.introduction import AcceptForm, DeclineForm, IntroductionRequestForm
from clients.forms.introduction_move import MoveForm
from clients.forms.past_care import PastCareForm
from clients.forms.practical import PracticalForm
from clients.forms.session_log import CalendarForm, CalendarSessionsForm, SessionDateForm
from clients.forms.sign_up import PasswordForm, SignUpForm
from clients.forms.style import StyleForm

STEPS: dict[str, type[IntakeStepForm]] = {
    "practical": PracticalForm,
    "concerns": ConcernsForm,
    "style": StyleForm,
    "before": PastCareForm,
}

__all__ = [
    "STEPS",
    "AcceptForm",
    "CalendarForm",
    "CalendarSessionsForm",
    "ConsentForm",
    "DeclineForm",
    "EpisodeEndingForm",
    "IntakeStepForm",
    "IntroductionRequestForm",
    "MoveForm",
    "PasswordForm",
    "SessionDateForm",
    "SignUpForm",
]
