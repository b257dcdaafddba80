"""A page serves the roles it names and nobody else."""

import pytest
from django.http import Http404, HttpResponse

from alliance_match.accounts.models import Clinic, Membership, Role
from alliance_match.accounts.roles import role_required


@role_required(Role.THERAPIST, Role.ADMIN)
def page(request):
    return HttpResponse("served")


def asked_as(rf, role):
    request = rf.get("/")
    request.membership = Membership(role=role, clinic=Clinic(time_zone="UTC")) if role else None
    return page(request)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMIN])
def test_it_serves_the_roles_it_names(rf, role):
    assert asked_as(rf, role).content == b"served"


@pytest.mark.parametrize("role", [Role.CLIENT, None])
def test_to_anybody_else_it_does_not_exist(rf, role):
    with pytest.raises(Http404):
        asked_as(rf, role)


def test_it_says_which_roles_it_serves():
    assert vars(page)["roles"] == (Role.THERAPIST, Role.ADMIN)


@pytest.mark.parametrize("path", ["/suggestions/", "/check-ins/"])
def test_pages_of_clients_are_a_404_to_an_admin(as_admin, path):
    assert as_admin.get(path).status_code == 404


def test_the_roster_is_a_404_to_a_client(as_client):
    assert as_client.get("/roster/").status_code == 404


def test_the_api_is_a_404_to_a_client_who_speaks_as_something_else(as_client, cleo, linden):
    other = cleo.user.memberships.create(clinic=linden, role=Role.THERAPIST)
    assert as_client.get("/api/v1/suggestions/").status_code == 200

    as_client.post("/role/", {"membership": other.pk})

    assert as_client.get("/api/v1/suggestions/").status_code == 404
