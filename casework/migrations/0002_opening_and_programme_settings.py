import casework.models.programme
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="last_days",
            field=models.JSONField(
                blank=True, default=casework.models.programme.default_last_days, verbose_name="last days (months after arrival)"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="schedule_by_path",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="A path that is not named here follows the rest.",
                verbose_name="on a path of their own (months)",
            ),
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("stream_seq", models.PositiveIntegerField(default=0, editable=False)),
                ("stream_head", models.CharField(blank=True, default="", editable=False, max_length=64)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("to_sign", "To sign, or to turn down, what waits for me"),
                            ("person_asked", "The person asked for it"),
                            ("complaint", "A complaint is looked into"),
                            ("safety", "Somebody may be in danger"),
                            ("audit", "An audit or a court asks about this file"),
                            ("mistake", "A mistake in the figures is looked for"),
                        ],
                        max_length=20,
                        verbose_name="purpose",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="openings", to="casework.case"),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "until"], name="opening_of_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("opened_at"))), name="opening_ends_after_it_began"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["audit", "complaint", "mistake", "person_asked", "safety", "to_sign"])),
                        name="opening_purpose_is_known",
                    ),
                ],
            },
        ),
    ]
