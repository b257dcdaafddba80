"""Links of the main navigation, and icons."""

from types import SimpleNamespace as Row

from django.template import engines


def rendered(source, **context):
    return engines["django"].from_string("{% load navigation icons %}" + source).render(context)


def test_marks_where_one_is():
    request = Row(resolver_match=Row(url_name="home"))
    assert 'aria-current="page"' in rendered('{% nav_link "home" "Home" %}', request=request)


def test_does_not_mark_a_link_elsewhere():
    request = Row(resolver_match=Row(url_name="roster"))
    page = rendered('{% nav_link "home" "Home" %}', request=request)
    assert "Home" in page
    assert "aria-current" not in page


def test_links_to_no_page_that_does_not_exist():
    assert rendered('{% nav_link "nowhere" "Nowhere" %}').strip() == ""


def test_knows_the_demo(settings):
    settings.DEMO = True
    assert rendered("{% is_demo as demo %}{{ demo }}") == "True"


def test_hides_an_icon_from_screen_readers_and_serves_it_from_here():
    page = rendered('{% icon "lock" %}')
    assert 'aria-hidden="true"' in page
    assert 'href="/static/img/icons' in page
    assert "#lock" in page
