"""Everything on this floor as it stands: the tables, the pool's functions, the walls between tenants, what is never
changed, the catalogue to begin with, and the group *Support*.

It takes the place of the sixteen migrations before it, which stay for databases that have some of them only.
"""

import billing.models.alerts
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from datetime import datetime, timezone

from django.conf import settings
from django.db import migrations, models

from agencies.migrations._models import CreateModels
from billing.migrations import _pool, _totals

KEYS = [  # (constraint, table)
    ("order_with_its_agency", "billing_order"),
    ("billing_statement_with_its_agency", "billing_statement"),
    ("billing_receipt_with_its_agency", "billing_receipt"),
]
TENANCY = [  # (constraint, table, column, parent)
    ("billing_workspaceperiod_tenancy", "billing_workspaceperiod", "workspace_id", "workspaces_workspace"),
    ("billing_hold_tenancy", "billing_hold", "workspace_id", "workspaces_workspace"),
    ("billing_ledgerentry_tenancy", "billing_ledgerentry", "workspace_id", "workspaces_workspace"),
    ("billing_usageday_tenancy", "billing_usageday", "workspace_id", "workspaces_workspace"),
    ("billing_usagetotal_tenancy", "billing_usagetotal", "workspace_id", "workspaces_workspace"),
    ("billing_alert_tenancy", "billing_alert", "workspace_id", "workspaces_workspace"),
    ("billing_addon_tenancy", "billing_addon", "order_id", "billing_order"),
    ("billing_receipt_tenancy", "billing_receipt", "order_id", "billing_order"),
    ("billing_clientterms_workspace_id_tenancy", "billing_clientterms", "workspace_id", "workspaces_workspace"),
    ("billing_modeluse_workspace_id_tenancy", "billing_modeluse", "workspace_id", "workspaces_workspace"),
    ("billing_statementline_workspace_id_tenancy", "billing_statementline", "workspace_id", "workspaces_workspace"),
    ("billing_statementline_statement_id_tenancy", "billing_statementline", "statement_id", "billing_statement"),
    ("billing_statementline_about_id_tenancy", "billing_statementline", "about_id", "billing_statement"),
    ("billing_statementcost_statement_id_tenancy", "billing_statementcost", "statement_id", "billing_statement"),
    ("billing_statementcost_receipt_id_tenancy", "billing_statementcost", "receipt_id", "billing_receipt"),
]
APPEND_ONLY = """
CREATE FUNCTION billing_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: a correction is a new row with a reason.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION billing_ledger_is_append_only();

CREATE FUNCTION billing_statements_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A closed month is never changed: what comes later is an adjustment in the next one.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_statement
    FOR EACH ROW EXECUTE FUNCTION billing_statements_stay();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_statementline
    FOR EACH ROW EXECUTE FUNCTION billing_statements_stay();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_statementcost
    FOR EACH ROW EXECUTE FUNCTION billing_statements_stay();
"""
# Thresholds are a few shares; an alert stands on one of them.
SHARES = """
ALTER TABLE billing_alertrule ADD CONSTRAINT alert_rule_is_a_few_shares
    CHECK (cardinality(thresholds) <= 6 AND 1 <= ALL (thresholds) AND 100 >= ALL (thresholds));
ALTER TABLE billing_alert ADD CONSTRAINT alert_threshold_is_a_share CHECK (threshold BETWEEN 1 AND 100);
"""

SINCE = datetime(2000, 1, 1, tzinfo=timezone.utc)
PLANS = [
    # code, name, messages, sources, seats, sub-workspaces, chatbots
    ("free", "Free", 250, 10, 0, 0, 2),
    ("trial", "Agency trial", 1000, 50, 5, 3, 10),
    ("agency", "Agency", 10000, 200, 20, 25, 100),
]

# Exactly the rights that the people who run this Bureau need for agencies, and no more. The catalogue (plans, packs),
# units in the ledger, closed months and other people's logins are only looked at.
GROUP = "Support"
MAY = {
    ("agencies", "agency"): ["view", "change"],
    ("agencies", "application"): ["view", "change"],
    ("agencies", "auditentry"): ["view"],
    ("agencies", "availability"): ["view", "change"],
    ("agencies", "dayoff"): ["view", "add", "change", "delete"],
    ("agencies", "meeting"): ["view", "change"],
    ("agencies", "officehours"): ["view", "add", "change", "delete"],
    ("agencies", "user"): ["view"],
    ("billing", "addon"): ["view", "add", "change"],
    ("billing", "ledgerentry"): ["view"],
    ("billing", "limitexception"): ["view", "add", "change"],
    ("billing", "order"): ["view", "change"],
    ("billing", "pack"): ["view"],
    ("billing", "partnership"): ["view", "add", "change"],
    ("billing", "partnertier"): ["view", "add", "change"],
    ("billing", "plan"): ["view"],
    ("billing", "statement"): ["view"],
    ("billing", "subscription"): ["view", "add", "change"],
}
NAMES = {"addon": "add on", "auditentry": "audit entry", "ledgerentry": "ledger entry", "limitexception": "limit exception"}
NAMES |= {"dayoff": "day off", "officehours": "office hours", "partnertier": "partner tier"}


def open_catalogue(apps, schema_editor):
    plan = apps.get_model("billing", "Plan")
    for code, name, messages, sources, seats, workspaces, chatbots in PLANS:
        plan.objects.create(
            code=code,
            name=name,
            messages=messages,
            sources=sources,
            seats=seats,
            workspaces=workspaces,
            chatbots=chatbots,
            since=SINCE,
        )


def make_group(apps, schema_editor):
    """Django makes permissions after the last migration only, so those that are missing are made here."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    group.permissions.set(list(permissions(apps)))


def permissions(apps):
    for (app, model), verbs in MAY.items():
        kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
        for verb in verbs:
            name = f"Can {verb} {NAMES.get(model, model)}"
            yield apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults={"name": name}
            )[0]


class Migration(migrations.Migration):

    replaces = [
        ('billing', '0001_initial'),
        ('billing', '0002_initial'),
        ('billing', '0003_hold'),
        ('billing', '0004_tenancy'),
        ('billing', '0005_allocation'),
        ('billing', '0006_pool'),
        ('billing', '0007_alerts'),
        ('billing', '0008_ledger'),
        ('billing', '0009_plans'),
        ('billing', '0010_orders'),
        ('billing', '0011_lean_charges'),
        ('billing', '0012_support'),
        ('billing', '0013_revenue'),
        ('billing', '0014_statements'),
        ('billing', '0015_partner_rights'),
        ('billing', '0016_usage_totals'),
    ]

    initial = True

    dependencies = [
        ('agencies', '0001_squashed_0011_forget_meetings'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('workspaces', '0001_squashed_0008_conversations'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='AlertRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='alert_rule', to='agencies.agency')),
                    ('thresholds', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=billing.models.alerts.usual_thresholds, size=None)),
                ],
            ),
            migrations.CreateModel(
                name='Alert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='agencies.agency')),
                    ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='workspaces.workspace')),
                    ('resource', models.CharField(choices=[('messages', 'Messages'), ('sources', 'Data sources'), ('seats', 'Seats')], max_length=10)),
                    ('threshold', models.PositiveSmallIntegerField()),
                    ('period_start', models.DateTimeField()),
                    ('used', models.PositiveIntegerField()),
                    ('limit', models.PositiveIntegerField()),
                    ('raised_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['-raised_at', '-pk'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'workspace', 'resource', 'threshold', 'period_start'), name='alert_once_per_threshold_and_period', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('resource__in', ['messages', 'sources', 'seats'])), name='alert_resource_is_known')],
                },
            ),
            migrations.CreateModel(
                name='PoolPeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('start', models.DateTimeField()),
                    ('end', models.DateTimeField()),
                    ('used', models.PositiveIntegerField(default=0)),
                    ('held', models.PositiveIntegerField(default=0)),
                    ('quota', models.PositiveIntegerField(null=True)),
                    ('stock', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('agency', 'start'), name='one_counter_per_agency_and_period'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='period_ends_after_its_start')],
                },
            ),
            migrations.CreateModel(
                name='WorkspacePeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('start', models.DateTimeField()),
                    ('used', models.PositiveIntegerField(default=0)),
                    ('held', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'indexes': [models.Index(fields=['agency', 'start'], name='workspaces_of_a_period')],
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'start'), name='one_counter_per_workspace_and_period')],
                },
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField()),
                    ('period_start', models.DateTimeField()),
                    ('key', models.CharField(max_length=120)),
                    ('fingerprint', models.CharField(max_length=64)),
                    ('units', models.PositiveSmallIntegerField()),
                    ('held_at', models.DateTimeField()),
                    ('settled_at', models.DateTimeField(null=True)),
                    ('released_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('released_at', None), ('settled_at', None)), fields=['held_at'], name='holds_still_open')],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'key'), name='one_hold_per_key'), models.CheckConstraint(condition=models.Q(('settled_at', None), ('released_at', None), _connector='OR'), name='hold_is_settled_or_released')],
                },
            ),
            migrations.CreateModel(
                name='LedgerEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField()),
                    ('conversation_id', models.BigIntegerField(null=True)),
                    ('hold', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='billing.hold')),
                    ('message_id', models.BigIntegerField(null=True)),
                    ('kind', models.CharField(choices=[('visitor', 'Visitor message'), ('ai', 'AI reply'), ('human', 'Human reply')], max_length=10)),
                    ('speaker', models.CharField(blank=True, max_length=254)),
                    ('words', models.PositiveIntegerField()),
                    ('units', models.SmallIntegerField()),
                    ('rule', models.CharField(max_length=120)),
                    ('period_start', models.DateTimeField()),
                    ('at', models.DateTimeField()),
                    ('pool_after', models.PositiveIntegerField()),
                    ('corrects', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='billing.ledgerentry')),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name_plural': 'ledger',
                    'indexes': [models.Index(fields=['agency', 'at'], name='ledger_by_day'), models.Index(fields=['workspace', 'at'], name='ledger_of_a_workspace'), models.Index(fields=['agency', 'chatbot_id', 'at'], name='ledger_of_a_chatbot'), models.Index(fields=['conversation_id'], name='ledger_of_a_conversation'), models.Index(condition=models.Q(('kind', 'human')), fields=['agency', 'at'], name='human_replies_by_day'), models.Index(condition=models.Q(('corrects__isnull', False)), fields=['agency', 'at'], name='corrections_by_day'), models.Index(condition=models.Q(('corrects__isnull', False)), fields=['corrects'], name='corrections'), models.Index(condition=models.Q(('author__isnull', False)), fields=['author'], name='corrections_of_a_person')],
                    'constraints': [models.UniqueConstraint(fields=('hold', 'kind'), name='one_charge_per_line_of_an_exchange'), models.UniqueConstraint(fields=('message_id',), name='one_charge_per_message'), models.CheckConstraint(condition=models.Q(models.Q(('author', None), ('corrects', None), ('hold__isnull', False), ('message_id__isnull', False), ('reason', '')), models.Q(('author__isnull', False), ('corrects__isnull', False), ('hold', None), ('message_id', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='charged_by_a_line_or_corrected_by_a_person')],
                },
            ),
            migrations.CreateModel(
                name='Unrolled',
                fields=[
                    ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='billing.ledgerentry')),
                    ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ],
            ),
            migrations.CreateModel(
                name='UsageDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField()),
                    ('day', models.DateField()),
                    ('kind', models.CharField(choices=[('visitor', 'Visitor message'), ('ai', 'AI reply'), ('human', 'Human reply')], max_length=10)),
                    ('messages', models.IntegerField()),
                    ('units', models.IntegerField()),
                ],
                options={
                    'indexes': [models.Index(fields=['workspace', 'day'], name='usage_of_a_workspace')],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'day', 'workspace', 'chatbot_id', 'kind'), name='usage_once_per_day')],
                },
            ),
            migrations.CreateModel(
                name='UsageTotal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('day', models.DateField()),
                    ('kind', models.CharField(choices=[('visitor', 'Visitor message'), ('ai', 'AI reply'), ('human', 'Human reply')], max_length=10)),
                    ('units', models.IntegerField()),
                ],
                options={
                    'indexes': [models.Index(fields=['agency', 'day'], name='usage_of_all_workspaces')],
                    'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.comparison.Coalesce('workspace', models.Value(0), output_field=models.BigIntegerField()), models.F('day'), models.F('kind'), name='usage_total_once_per_day')],
                },
            ),
            migrations.CreateModel(
                name='Pack',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('resource', models.CharField(choices=[('messages', 'Messages'), ('sources', 'Data sources'), ('seats', 'Seats')], max_length=10)),
                    ('amount', models.PositiveIntegerField()),
                    ('price', models.PositiveIntegerField(verbose_name='price, in minor units (cents)')),
                    ('currency', models.CharField(default='EUR', max_length=3)),
                    ('lasts', models.CharField(choices=[('period', 'This billing period'), ('recurring', 'Until cancelled'), ('forever', 'Never lapses')], max_length=10)),
                    ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['resource', 'price'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='pack_adds_something'), models.CheckConstraint(condition=models.Q(('resource__in', ['messages', 'sources', 'seats'])), name='pack_resource_is_known'), models.CheckConstraint(condition=models.Q(('lasts__in', ['period', 'recurring', 'forever'])), name='pack_lasts_is_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='pack_currency_is_a_code')],
                },
            ),
            migrations.CreateModel(
                name='Order',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='agencies.agency')),
                    ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.pack')),
                    ('name', models.CharField(max_length=80)),
                    ('resource', models.CharField(choices=[('messages', 'Messages'), ('sources', 'Data sources'), ('seats', 'Seats')], max_length=10)),
                    ('amount', models.PositiveIntegerField()),
                    ('price', models.PositiveIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('lasts', models.CharField(choices=[('period', 'This billing period'), ('recurring', 'Until cancelled'), ('forever', 'Never lapses')], max_length=10)),
                    ('way', models.CharField(choices=[('checkout', 'Checkout'), ('request', 'Request to support')], max_length=10)),
                    ('request_key', models.UUIDField()),
                    ('ordered_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('checkout_id', models.CharField(blank=True, max_length=120)),
                    ('payment_id', models.CharField(blank=True, max_length=120)),
                    ('subscription_id', models.CharField(blank=True, max_length=120)),
                    ('granted_at', models.DateTimeField(null=True)),
                    ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('cancelled_at', models.DateTimeField(null=True)),
                    ('refunded_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-ordered_at', '-pk'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'request_key'), name='order_once_per_request'), models.UniqueConstraint(condition=models.Q(('checkout_id', ''), _negated=True), fields=('checkout_id',), name='one_order_per_checkout'), models.CheckConstraint(condition=models.Q(('refunded_at', None), ('granted_at__isnull', False), _connector='OR'), name='only_what_was_granted_is_refunded')],
                },
            ),
            migrations.CreateModel(
                name='AddOn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='add_ons', to='agencies.agency')),
                    ('order', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='add_on', to='billing.order')),
                    ('resource', models.CharField(choices=[('messages', 'Messages'), ('sources', 'Data sources'), ('seats', 'Seats')], max_length=10)),
                    ('amount', models.PositiveIntegerField()),
                    ('lasts', models.CharField(choices=[('period', 'This billing period'), ('recurring', 'Until cancelled'), ('forever', 'Never lapses')], default='recurring', max_length=10)),
                    ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ends_at', models.DateTimeField(blank=True, null=True)),
                    ('returned', models.PositiveIntegerField(default=0)),
                    ('request_key', models.UUIDField(null=True, unique=True)),
                ],
                options={
                    'verbose_name': 'add-on',
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='add_on_adds_something'), models.CheckConstraint(condition=models.Q(('resource__in', ['messages', 'sources', 'seats'])), name='add_on_resource_is_known'), models.CheckConstraint(condition=models.Q(('lasts__in', ['period', 'recurring', 'forever'])), name='add_on_lasts_is_known'), models.CheckConstraint(condition=models.Q(('returned__lte', models.F('amount'))), name='no_more_is_returned_than_was_added'), models.CheckConstraint(condition=models.Q(models.Q(('lasts', 'period'), _negated=True), ('ends_at__isnull', False), _connector='OR'), name='a_pack_for_a_period_ends')],
                },
            ),
            migrations.CreateModel(
                name='Receipt',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='agencies.agency')),
                    ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='billing.order')),
                    ('kind', models.CharField(choices=[('payment', 'Payment'), ('renewal', 'Renewal'), ('refund', 'Refund'), ('charge_back', 'Charge-back')], max_length=12)),
                    ('number', models.PositiveIntegerField()),
                    ('amount', models.PositiveIntegerField()),
                    ('currency', models.CharField(max_length=3)),
                    ('at', models.DateTimeField()),
                    ('external_id', models.CharField(blank=True, max_length=120)),
                    ('url', models.URLField(blank=True, max_length=500)),
                ],
                options={
                    'ordering': ['-at', '-pk'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'number'), name='receipt_number_once_per_agency'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('order', 'kind', 'external_id'), name='receipt_once')],
                },
            ),
            migrations.CreateModel(
                name='PaymentEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event_id', models.CharField(max_length=120, unique=True)),
                    ('kind', models.CharField(max_length=80)),
                    ('tells', models.CharField(choices=[('paid', 'Paid'), ('renewed', 'Renewed'), ('refunded', 'Refunded'), ('charged_back', 'Charged back'), ('ended', 'The subscription ended'), ('expired', 'The payment page expired'), ('linked', 'Which ids belong together')], max_length=12)),
                    ('happened_at', models.DateTimeField()),
                    ('handled_at', models.DateTimeField()),
                    ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='billing.order')),
                    ('reference', models.CharField(blank=True, max_length=120)),
                    ('checkout_id', models.CharField(blank=True, max_length=120)),
                    ('payment_id', models.CharField(blank=True, max_length=120)),
                    ('subscription_id', models.CharField(blank=True, max_length=120)),
                    ('invoice_id', models.CharField(blank=True, max_length=120)),
                    ('object_id', models.CharField(blank=True, max_length=120)),
                    ('amount', models.PositiveBigIntegerField(null=True)),
                    ('currency', models.CharField(blank=True, max_length=3)),
                    ('url', models.URLField(blank=True, max_length=500)),
                ],
                options={
                    'ordering': ['happened_at', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('tells__in', ['paid', 'renewed', 'refunded', 'charged_back', 'ended', 'expired', 'linked'])), name='payment_event_tells_what_is_known')],
                },
            ),
            migrations.CreateModel(
                name='PartnerTier',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60, unique=True)),
                    ('clients', models.PositiveIntegerField(unique=True, verbose_name='clients that use something in a month, at least')),
                    ('rate', models.PositiveIntegerField(verbose_name='rate, in hundredths of a per cent')),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['clients'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('rate__lte', 10000)), name='tier_rate_is_a_share')],
                },
            ),
            migrations.CreateModel(
                name='Partnership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='partnerships', to='agencies.agency')),
                    ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.partnertier')),
                    ('rate', models.PositiveIntegerField(verbose_name='rate, in hundredths of a per cent')),
                    ('since', models.DateField()),
                    ('reason', models.CharField(max_length=300)),
                    ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-since'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'since'), name='one_partnership_a_day'), models.CheckConstraint(condition=models.Q(('rate__lte', 10000)), name='partner_rate_is_a_share'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='partnership_has_a_reason')],
                },
            ),
            migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField()),
                    ('version', models.PositiveSmallIntegerField(default=1)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                    ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(max_length=80)),
                    ('messages', models.PositiveIntegerField(blank=True, null=True)),
                    ('sources', models.PositiveIntegerField(blank=True, null=True)),
                    ('seats', models.PositiveIntegerField(blank=True, null=True)),
                    ('workspaces', models.PositiveIntegerField(blank=True, null=True, verbose_name='sub-workspaces')),
                    ('chatbots', models.PositiveIntegerField(blank=True, null=True)),
                    ('price', models.PositiveIntegerField(blank=True, null=True, verbose_name='price a month, in minor units (cents)')),
                    ('currency', models.CharField(default='EUR', max_length=3)),
                ],
                options={
                    'ordering': ['code', '-version'],
                    'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='plan_version_once'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='plan_currency_is_a_code')],
                },
            ),
            migrations.CreateModel(
                name='Subscription',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='subscription', to='agencies.agency')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
                    ('started_at', models.DateTimeField()),
                    ('assigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='PlanSince',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
                    ('since', models.DateTimeField()),
                ],
                options={
                    'verbose_name_plural': 'plans since',
                    'indexes': [models.Index(fields=['agency', 'since'], name='plans_of_an_agency')],
                },
            ),
            migrations.CreateModel(
                name='LimitException',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limit_exceptions', to='agencies.agency')),
                    ('limit', models.CharField(choices=[('messages', 'Messages per period'), ('sources', 'Data sources'), ('seats', 'Seats'), ('workspaces', 'Sub-workspaces'), ('chatbots', 'Chatbots')], max_length=10)),
                    ('amount', models.PositiveIntegerField(blank=True, null=True)),
                    ('reason', models.CharField(max_length=300)),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('agency', 'limit'), name='one_running_exception_per_limit'), models.CheckConstraint(condition=models.Q(('limit__in', ['messages', 'sources', 'seats', 'workspaces', 'chatbots'])), name='exception_limit_is_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='exception_has_a_reason'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('made_at')), _connector='OR'), name='exception_ends_after_its_start')],
                },
            ),
            migrations.CreateModel(
                name='Books',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='books', to='agencies.agency')),
                    ('currency', models.CharField(max_length=3)),
                ],
                options={
                    'verbose_name_plural': 'books',
                    'constraints': [models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='books_currency_is_a_code')],
                },
            ),
            migrations.CreateModel(
                name='ClientTerms',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='client_terms', to='agencies.agency')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='workspaces.workspace')),
                    ('since', models.DateField()),
                    ('way', models.CharField(choices=[('flat', 'Resale: a fee with units in it'), ('multiple', 'Resale: a multiple of its cost'), ('referral', 'Referral: the client pays Bureau'), ('none', 'Not billed')], max_length=10)),
                    ('fee', models.PositiveBigIntegerField(default=0)),
                    ('included', models.PositiveIntegerField(default=0)),
                    ('extra_price', models.PositiveIntegerField(default=0)),
                    ('multiple', models.PositiveIntegerField(default=0)),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-since'],
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'since'), name='one_version_of_terms_a_day'), models.CheckConstraint(condition=models.Q(('way__in', ['flat', 'multiple', 'referral', 'none'])), name='terms_way_is_known'), models.CheckConstraint(condition=models.Q(('extra_price__lte', 1000000000), ('fee__lte', 100000000000), ('included__lte', 1000000000), ('multiple__lte', 10000)), name='terms_stay_within_reason'), models.CheckConstraint(condition=models.Q(models.Q(('way', 'multiple'), _negated=True), ('multiple__gt', 0), _connector='OR'), name='a_multiple_is_more_than_0')],
                },
            ),
            migrations.CreateModel(
                name='ExchangeRate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exchange_rates', to='agencies.agency')),
                    ('currency', models.CharField(max_length=3)),
                    ('since', models.DateField()),
                    ('rate', models.DecimalField(decimal_places=8, max_digits=18)),
                    ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['currency', '-since'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'currency', 'since'), name='one_exchange_rate_a_day'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='rate_currency_is_a_code'), models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='rate_is_more_than_0')],
                },
            ),
            migrations.CreateModel(
                name='ModelPrice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='model_prices', to='agencies.agency')),
                    ('model', models.CharField(max_length=120)),
                    ('since', models.DateField()),
                    ('input_price', models.PositiveIntegerField()),
                    ('output_price', models.PositiveIntegerField()),
                    ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['model', '-since'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'model', 'since'), name='one_model_price_a_day'), models.CheckConstraint(condition=models.Q(('input_price__lte', 1000000000), ('output_price__lte', 1000000000)), name='model_price_within_reason')],
                },
            ),
            migrations.CreateModel(
                name='ModelUse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField()),
                    ('day', models.DateField()),
                    ('model', models.CharField(max_length=120)),
                    ('answers', models.PositiveIntegerField()),
                    ('estimated', models.PositiveIntegerField()),
                    ('input_tokens', models.PositiveBigIntegerField()),
                    ('output_tokens', models.PositiveBigIntegerField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('agency', 'day', 'workspace', 'chatbot_id', 'model'), name='model_use_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='Statement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='agencies.agency')),
                    ('number', models.PositiveIntegerField()),
                    ('start', models.DateTimeField()),
                    ('end', models.DateTimeField()),
                    ('currency', models.CharField(max_length=3)),
                    ('units', models.IntegerField()),
                    ('revenue', models.BigIntegerField()),
                    ('cost', models.BigIntegerField()),
                    ('commission', models.BigIntegerField()),
                    ('referred', models.BigIntegerField()),
                    ('clients', models.PositiveIntegerField()),
                    ('tier', models.CharField(blank=True, max_length=60)),
                    ('rate', models.PositiveIntegerField(default=0)),
                    ('closed_at', models.DateTimeField()),
                    ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-number'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'number'), name='statement_number_once_per_agency'), models.UniqueConstraint(fields=('agency', 'start'), name='a_month_is_closed_once'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='statement_ends_after_its_start')],
                },
            ),
            migrations.CreateModel(
                name='StatementLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='billing.statement')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('position', models.PositiveIntegerField()),
                    ('name', models.CharField(max_length=80)),
                    ('kind', models.CharField(choices=[('use', 'Units'), ('model', 'Model'), ('fee', 'Fee'), ('extra', 'Extra units'), ('multiple', 'Multiple of cost'), ('commission', 'Commission'), ('adjustment', 'Adjustment')], max_length=10)),
                    ('words', models.CharField(max_length=300)),
                    ('first', models.DateField()),
                    ('last', models.DateField()),
                    ('quantity', models.BigIntegerField()),
                    ('price', models.BigIntegerField(null=True)),
                    ('units', models.IntegerField(default=0)),
                    ('revenue', models.BigIntegerField(default=0)),
                    ('cost', models.BigIntegerField(default=0)),
                    ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='adjustments', to='billing.statement')),
                ],
                options={
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('statement', 'position'), name='one_line_at_a_position'), models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', False), ('kind', 'adjustment')), models.Q(models.Q(('kind', 'adjustment'), _negated=True), ('about', None)), _connector='OR'), name='an_adjustment_is_about_a_month')],
                },
            ),
            migrations.CreateModel(
                name='StatementCost',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='costs', to='billing.statement')),
                    ('position', models.PositiveIntegerField()),
                    ('words', models.CharField(max_length=300)),
                    ('amount', models.BigIntegerField()),
                    ('receipt', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.receipt')),
                ],
                options={
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('statement', 'position'), name='one_cost_at_a_position')],
                },
            ),
        ),
        *(migrations.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, agency_id)") for name, table in KEYS),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, agency_id) "
                f"REFERENCES {parent} (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE"
            )
            for name, table, column, parent in TENANCY
        ),
        migrations.RunSQL(SHARES),
        migrations.RunSQL(APPEND_ONLY),
        *(
            migrations.RunSQL(written)
            for written in (_pool.PERIODS, _pool.WALLS, _pool.HOLD, _pool.SETTLE, _pool.RELEASE, _totals.KEPT)
        ),
        migrations.RunPython(open_catalogue, migrations.RunPython.noop),
        migrations.RunPython(make_group, migrations.RunPython.noop),
    ]
