"""Thresholds are a few shares; an alert stands on one of them."""

from django.db import migrations

SHARES = """
ALTER TABLE billing_alertrule ADD CONSTRAINT alert_rule_is_a_few_shares
    CHECK (cardinality(thresholds) <= 6 AND 1 <= ALL (thresholds) AND 100 >= ALL (thresholds));
ALTER TABLE billing_alert ADD CONSTRAINT alert_threshold_is_a_share CHECK (threshold BETWEEN 1 AND 100);
"""
BACK = """
ALTER TABLE billing_alertrule DROP CONSTRAINT alert_rule_is_a_few_shares;
ALTER TABLE billing_alert DROP CONSTRAINT alert_threshold_is_a_share;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_pool")]
    operations = [migrations.RunSQL(SHARES, BACK)]
