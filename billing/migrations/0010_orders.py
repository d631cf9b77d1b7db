"""A payment provider's events keep the ids they tell, so that they may come in any order; an order's rows stay with the
agency that ordered; and a pack that support adds keeps the key of its form."""

import django.db.models.deletion
from django.db import migrations, models

TELLS = [
    ("paid", "Paid"),
    ("renewed", "Renewed"),
    ("refunded", "Refunded"),
    ("charged_back", "Charged back"),
    ("ended", "The subscription ended"),
    ("expired", "The payment page expired"),
    ("linked", "Which ids belong together"),
]
IDS = ["reference", "checkout_id", "payment_id", "subscription_id", "invoice_id", "object_id"]
KEY = (
    "ALTER TABLE billing_order ADD CONSTRAINT order_with_its_agency UNIQUE (id, agency_id)",
    "ALTER TABLE billing_order DROP CONSTRAINT order_with_its_agency",
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_plans")]
    operations = [
        migrations.AlterModelOptions(name="paymentevent", options={"ordering": ["happened_at", "pk"]}),
        migrations.AddField(
            model_name="paymentevent",
            name="tells",
            field=models.CharField(choices=TELLS, default="linked", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="order",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="events", to="billing.order"
            ),
        ),
        *(
            migrations.AddField("paymentevent", name, models.CharField(blank=True, default="", max_length=120), False)
            for name in IDS
        ),
        migrations.AddField("paymentevent", "amount", models.PositiveBigIntegerField(null=True)),
        migrations.AddField(
            "paymentevent", "currency", models.CharField(blank=True, default="", max_length=3), preserve_default=False
        ),
        migrations.AddField(
            "paymentevent", "url", models.URLField(blank=True, default="", max_length=500), preserve_default=False
        ),
        migrations.AddField("addon", "request_key", models.UUIDField(null=True, unique=True)),
        migrations.AddConstraint(
            model_name="paymentevent",
            constraint=models.CheckConstraint(
                condition=models.Q(tells__in=[told for told, _ in TELLS]), name="payment_event_tells_what_is_known"
            ),
        ),
        migrations.RunSQL(*KEY),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenancy FOREIGN KEY (order_id, agency_id) "
                "REFERENCES billing_order (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenancy",
            )
            for table in ("billing_addon", "billing_receipt")
        ),
    ]
