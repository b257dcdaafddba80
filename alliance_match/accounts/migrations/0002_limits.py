"""Where the limits on log-ins are counted: the table that Django's database cache expects."""

from django.db import migrations

TABLE = """
    CREATE TABLE accounts_limit (
        cache_key varchar(255) PRIMARY KEY,
        value text NOT NULL,
        expires timestamptz NOT NULL
    );
    CREATE INDEX accounts_limit_expires ON accounts_limit (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(TABLE, "DROP TABLE accounts_limit")]
