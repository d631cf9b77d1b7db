"""A row of every table for every tenant: what the world does not make by the product's own functions is made from the
model's fields, so that a new table is in the matrix from its first day."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from agencies.models import Agency, User
from tests.matrix import tenancy
from tests.matrix.tables import NOBODYS, PARAMETERS
from tests.matrix.tenancy import Owners, Table
from workspaces.models import Workspace

CHOICES = 8  # so many of a column's choices are tried until the constraints are content
PLAIN: dict[type, Any] = {
    models.BooleanField: False,
    models.IntegerField: 1,
    models.DecimalField: 1,
    models.DateField: date(2026, 1, 2),
    models.DurationField: timedelta(days=1),
    models.JSONField: {"text": "…"},
    models.BinaryField: b"bytes",
    models.GenericIPAddressField: "192.0.2.7",
}


def missing(owners: Owners, houses: dict[str, Any]) -> list[tuple[Table, str]]:
    """(table, tenant) of each house that has no row in a table of its own level."""
    there = {(key[0], tenant) for key, tenant in owners.tenant.items()}
    wanted = [
        (table, name)
        for table in tenancy.tables()
        if table._meta.label not in NOBODYS and tenancy.level(table) in (Agency, Workspace)
        for name, house in houses.items()
        if type(house) in levels(table)
    ]
    return [pair for pair in wanted if pair not in there and pair[0] not in (Agency, Workspace)]


def personal() -> list[Table]:
    """Tables of persons' rows whose keys stand in URLs."""
    named = [apps.get_model(label) for label in PARAMETERS.values()]
    return [table for table in named if table in tenancy.tables() and tenancy.level(table) is User]


def levels(table: Table) -> set[Any]:
    """Which tenants have rows of their own in this table: workspaces, agencies, or some rows each."""
    named = {field.name: field for field in table._meta.concrete_fields}
    own = {"workspace": Workspace, "agency": Agency}
    found = {tenant for name, tenant in own.items() if name in named}
    if Workspace in found and not named["workspace"].null:
        return {Workspace}
    if not found and "workspace_id" in named:
        return {Workspace}
    return found | ({Workspace} if "workspace_id" in named else set()) or {tenancy.level(table)}


def grow(table: Table, house: Any, owner: User) -> None:
    """Make one row; says what to do when the constraints let none in."""
    for turn in range(CHOICES):
        try:
            with transaction.atomic():
                values = {of.attname: value(of, house, owner, turn) for of in filled(table)}
                table._base_manager.create(**values)
                return
        except IntegrityError as error:
            refusal = error
    raise AssertionError(
        f"The world has no row of {table._meta.label} for {house}, and none could be made ({refusal}). "
        "Make one in furnish() of tests/matrix/world.py."
    )


def filled(table: Table) -> list[Any]:
    return [of for of in table._meta.concrete_fields if not isinstance(of, models.AutoField | models.GeneratedField)]


def value(of: Any, house: Any, owner: User, turn: int) -> Any:
    """Something that fits: the house's own rows, the default, or a plain value of the type."""
    if of.name == "workspace_id" or of.related_model in (Workspace, Agency, User):
        return of_house(of, house, owner)
    if of.many_to_one or of.one_to_one:
        return None if of.null else parent(of.related_model, house)
    if of.has_default():
        return of.get_default()
    if of.null:
        return None
    if of.choices:
        return of.choices[turn % len(of.choices)][0]
    return plain(of)


def of_house(of: Any, house: Any, owner: User) -> Any:
    is_workspace = isinstance(house, Workspace)
    if of.related_model is User:
        return owner.pk
    if of.related_model is Agency:
        return house.agency_id if is_workspace else house.pk
    return house.pk if is_workspace else None


def parent(table: Table, house: Any) -> Any:
    """The last row of another table that belongs to the same house."""
    columns = {of.name for of in table._meta.concrete_fields}
    where = {type(house)._meta.model_name: house} if type(house)._meta.model_name in columns else {}
    found = table._base_manager.filter(**where).order_by("pk").last()
    return found and found.pk


def plain(of: Any) -> Any:
    if isinstance(of, models.DateTimeField):
        return timezone.now() + timedelta(days=1)
    if isinstance(of, models.UUIDField):
        return uuid4()
    return next((value for kind, value in PLAIN.items() if isinstance(of, kind)), uuid4().hex[: of.max_length or 32])
