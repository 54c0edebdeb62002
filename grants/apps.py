from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "grants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from grants import notices, panels  # what they read exists only now

        notices.register()
        panels.register()
