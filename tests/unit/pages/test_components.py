"""Buttons, tables and chips."""

import pytest
from django.template import Context, Origin, Template, engines
from django.utils.safestring import mark_safe


def rendered(source, **context):
    return engines["django"].from_string("{% load components %}" + source).render(context)


class TestAButton:
    def test_is_drawn_with_nothing_around_it(self):
        assert rendered("{% button %} Send {% endbutton %}") == '<button class="button">Send</button>'

    def test_has_its_kind_and_its_attributes(self):
        source = '{% button kind="quiet small" name=name aria_describedby="mara" %}No{% endbutton %}'
        assert rendered(source, name='"') == (
            '<button class="button quiet small" aria-describedby="mara" name="&quot;">No</button>'
        )

    def test_keeps_an_empty_value_and_leaves_out_what_is_not(self):
        source = '{% button name="shared" value="" lang=None disabled=False %}No{% endbutton %}'
        assert rendered(source) == '<button class="button" name="shared" value="">No</button>'

    def test_escapes_what_stands_in_it_once(self):
        page = rendered("{% button %}<b>{{ name }}</b>{% endbutton %}", name="<Cleo>")
        assert page == '<button class="button"><b>&lt;Cleo&gt;</b></button>'


class TestALinkThatLooksLikeAButton:
    @pytest.mark.parametrize("address", ['"join" slug', 'href="/join/linden/"'])
    def test_leads_somewhere(self, address):
        page = rendered(f"{{% link_button {address} %}}Begin{{% endlink_button %}}", slug="linden")
        assert page == '<a class="button" href="/join/linden/">Begin</a>'

    def test_has_its_kind_and_its_attributes(self):
        page = rendered('{% link_button "home" kind="primary" download=True %}All{% endlink_button %}')
        assert page == '<a class="button primary" href="/" download>All</a>'


class TestATable:
    def test_says_what_was_searched_for_in_its_caption(self):
        page = rendered('{% table kind="to-cards" caption="2 clients" q=q %}<tbody>{% endtable %}', q="<x>")
        assert '<table class="table to-cards">' in page
        assert "<caption>2 clients · <q>&lt;x&gt;</q></caption>" in page
        assert "<tbody>" in page

    def test_needs_no_caption(self):
        page = rendered('{% table look="timetable" %}<tbody>{% endtable %}')
        assert '<table class="timetable">' in page
        assert "caption" not in page

    def test_has_heads_of_columns(self):
        words = rendered('{% column "When" %}').split()
        number = rendered('{% column "Points" number=True %}').split()
        assert words == ["<th", 'scope="col">', "When", "</th>"]
        assert number == ["<th", 'scope="col"', 'class="number">', "Points", "</th>"]

    def test_can_have_the_head_of_a_column_for_screen_readers_alone(self):
        assert '<span class="out-of-sight">Change</span>' in rendered('{% column "Change" unseen=True %}')


def test_a_name_can_be_made_of_a_word_and_a_key():
    assert rendered('{{ key|prefix:"therapist-" }}', key=7) == "therapist-7"


@pytest.mark.parametrize(
    ("element", "drawn"),
    [
        ('type="submit" name="go"', '<button class="button primary" name="go" type="submit">Go</button>'),
        ('tags="secondary"', '<button class="button">Go</button>'),
        ('href="/" tags="link,cancel"', '<a class="button quiet" href="/">Go</a>'),
    ],
)
def test_allauths_own_pages_draw_buttons_as_ours(element, drawn):
    source = f"{{% load allauth %}}{{% element button {element} %}} Go {{% endelement %}}"
    page = Template(source, Origin("its page", "account/its_page.html")).render(Context())
    assert page.strip() == drawn


class TestAChip:
    def test_draws_words_of_whoever_wrote_them_never_as_a_template_did(self):
        ours = "{% chip words %}"
        safe = mark_safe("<b>full</b>")
        assert rendered(ours, words=safe) == '<span class="chip "><b>full</b></span>'
        assert rendered(ours, words="".join(["<b>full", "</b>"])) == (
            '<span class="chip ">&lt;b&gt;full&lt;/b&gt;</span>'
        )
