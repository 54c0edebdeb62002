from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="access",
            index=models.Index(fields=["user_id", "-id"], name="access_by_user"),
        ),
    ]
