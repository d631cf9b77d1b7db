"""An e-mail address that would put a control character into a mail's header is refused wherever one is typed."""

from typing import Any

import pytest
from django.test import Client

from agencies import mail
from agencies.meetings.forms import MeetingForm
from agencies.models import Availability, Mail, User
from chatbots.embed import identity
from chatbots.public.forms import LeadForm
from workspaces.forms.people import InviteForm, InviteStaffForm
from workspaces.forms.workspaces import AddWorkspaceForm

BAD = ['"a\x0bb"@x.example', '"a b"@x.example', "a\x0b@x.example"]


@pytest.mark.parametrize("address", BAD)
def test_every_form_refuses_it(address: str) -> None:
    forms: list[tuple[Any, dict[str, Any]]] = [
        (MeetingForm, {}),
        (InviteForm, {}),
        (InviteStaffForm, {"own": "owner"}),
        (AddWorkspaceForm, {"agency": None}),
        (LeadForm, {}),
    ]
    assert [form for form, more in forms if "email" not in form({"email": address}, **more).errors] == []
    with pytest.raises(Exception, match="not an e-mail address"):
        Availability(time_zone="UTC", mail_to=address).clean_fields()
    assert not identity.is_address(address)


def test_signing_up_and_a_new_password_refuse_it(client: Client, db: None) -> None:
    sent = {"email": BAD[0], "password1": "try-bureau-today", "account_name": "Pear"}
    for url in ("/accounts/signup/", "/accounts/password/reset/"):
        answer = client.post(url, sent)
        assert (answer.status_code, "Please enter an address like" in answer.content.decode()) == (422, True), url
    assert not User.objects.exists()
    assert not Mail.objects.exists()


def test_no_mail_goes_to_an_address_that_came_another_way(db: None) -> None:
    with pytest.raises(ValueError, match="No mail can go to"):
        mail.post(BAD[0], "Hello", "Hello")
