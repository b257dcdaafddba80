"""The made-up people of the demo: none of them exists."""

from dataclasses import dataclass

# structure, feelings, time, warmth: as practised, each from −3 to +3.
Style = tuple[int, int, int, int]


@dataclass(frozen=True)
class Therapist:
    """One made-up therapist."""

    name: str
    pronouns: str
    title: str
    licensed_since: int
    tagline: str
    style: Style
    concerns: str
    fee: int
    languages: str
    gender: str
    formats: str = "in_person;telehealth"
    cap: int = 30


THERAPISTS = (
    Therapist("Mara Albrecht", "she/her", "Psychologist", 2014, "I bring a plan, and we change it together.",
              (2, -1, 2, 1), "low_mood;anxiety;sleep;stress", 80, "en;de", "woman"),
    Therapist("Jonas Okafor", "he/him", "Counsellor", 2019, "Slow is fine.",
              (-1, 1, -1, 3), "sleep;grief;low_mood;self_esteem", 75, "en", "man"),
    Therapist("Lena Sørensen", "she/they", "Psychotherapist in training", 2025, "Curious before clever.",
              (0, 1, 2, 2), "anxiety;identity;relationships", 55, "en;da", "woman", cap=8),
    Therapist("Ruth Castellanos", "she/her", "Psychotherapist", 1998, "We look at where it began.",
              (-2, 2, -3, 0), "trauma;relationships;grief;eating", 95, "en;es", "woman"),
    Therapist("Tobias Lindqvist", "he/him", "Psychologist", 2009, "Small steps, written down.",
              (3, -2, 3, 0), "anxiety;compulsions;attention;stress", 85, "en;sv", "man"),
    Therapist("Amina Yusuf", "she/her", "Clinical social worker", 2016, "You set the pace.",
              (-1, 0, 1, 2), "trauma;identity;stress;pain", 70, "en;ar", "woman"),
    Therapist("Pavel Novák", "he/him", "Psychotherapist", 2005, "I say what I notice.",
              (0, 2, 0, -3), "substances;relationships;self_esteem", 90, "en;cs", "man"),
    Therapist("Grace Adeyemi", "she/her", "Counsellor", 2021, "Warm, and straight with you.",
              (1, 1, 1, 0), "low_mood;self_esteem;grief", 65, "en;fr", "woman"),
    Therapist("Ines Moreau", "she/her", "Psychoanalyst", 1994, "There is time.",
              (-3, 3, -2, 1), "relationships;low_mood;identity", 110, "en;fr", "woman", "in_person", 6),
    Therapist("Daniel Hirsch", "he/they", "Psychologist", 2012, "Let us test it and see.",
              (2, -2, 1, -1), "anxiety;sleep;pain;attention", 85, "en;he", "man"),
    Therapist("Keiko Tanabe", "she/her", "Psychologist", 2017, "Gentle, and one thing at a time.",
              (1, 0, 1, 3), "eating;anxiety;self_esteem;trauma", 80, "en;ja", "woman"),
    Therapist("Samuel Brandt", "he/him", "Psychotherapist", 2003, "Good questions, no hurry.",
              (-1, -1, 0, 1), "stress;substances;low_mood;pain", 75, "en;de", "man", "telehealth"),
    Therapist("Noor El-Amin", "they/them", "Counsellor", 2022, "Come as you are.",
              (-2, 2, 1, 2), "identity;relationships;anxiety", 60, "en;ar", "non-binary"),
    Therapist("Helena Costa", "she/her", "Psychologist", 2010, "We keep an eye on what works.",
              (2, 1, 2, 0), "compulsions;low_mood;stress;sleep", 85, "en;pt", "woman"),
)  # fmt: skip

CLEO_STYLE = {"structure": (2, 3), "feelings": (2, 1), "time": (2, 2), "warmth": (1, 2)}
CLEO_CONCERNS = ["low_mood", "sleep"]
SEEING_NOW = "Pavel Novák"
NEW_HERE = "Lena Sørensen"
ON_LEAVE = "Samuel Brandt"
CRISIS_LINE = "0800 000 000"
EMERGENCY_NUMBER = "112"
NOORS_NOTE = "I sleep badly since I moved here. Evenings are hard, mornings are easier."
ROBINS_COMMENT = "I like the plan. Sometimes I would rather stay with one thing for longer."
