"""Forms of this floor."""

from django import forms

from workspaces.forms.fields import CapField


class CapsForm(forms.Form):
    """Optional ceilings of one workspace."""

    message_cap = CapField(label="Messages per period, at most")
    source_cap = CapField(label="Data sources, at most")
    seat_cap = CapField(label="Seats, at most")
