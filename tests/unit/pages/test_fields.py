"""How a form looks: label, help and error beside the control."""

from django import forms
from django.template.loader import render_to_string


class Form(forms.Form):
    name = forms.CharField(help_text="As friends call you.")
    note = forms.CharField(required=False)
    agree = forms.BooleanField(label="I agree")
    reader = forms.ChoiceField(choices=[("a", "Anna"), ("b", "Ben")], widget=forms.RadioSelect)


def test_ties_help_and_error_to_the_control():
    page = str(Form({})["name"].as_field_group())
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert page.index('id="id_name_error"') < page.index("<input")


def test_marks_only_what_may_stay_empty():
    assert "optional" in Form()["note"].as_field_group()
    assert "optional" not in Form()["name"].as_field_group()


def test_puts_a_tick_before_its_label_and_draws_it_once():
    page = Form()["agree"].as_field_group()
    assert page.count("<input") == 1
    assert page.index("<input") < page.index("I agree")


def test_groups_radio_buttons_under_a_legend():
    page = Form()["reader"].as_field_group()
    assert "<fieldset" in page
    assert "<legend" in page
    assert page.count('type="radio"') == 2


def test_draws_a_whole_form_in_fields():
    assert Form().as_div().count('id="id_') >= 5


def test_leads_from_the_summary_to_each_field():
    page = render_to_string("_components/error_summary.html", {"form": Form({})})
    assert 'role="alert"' in page
    assert 'href="#id_name_group"' in page


def test_has_no_summary_without_faults():
    assert render_to_string("_components/error_summary.html", {"form": Form()}).strip() == ""
