"""The Django app: what has to be connected when the site starts."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ChainmapConfig(AppConfig):
    """One app around a pure core."""

    name = "chainmap"
    verbose_name = _("Chainmap")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chainmap import checks  # noqa: PLC0415 - Django allows models only from here on
        from chainmap.models.integrity import install_triggers, remove_triggers  # noqa: PLC0415
        from chainmap.web.middleware import SessionLimitsMiddleware  # noqa: PLC0415

        register(checks.check_database, Tags.database)
        register(checks.check_policy, Tags.security, deploy=True)
        pre_migrate.connect(remove_triggers, sender=self)
        user_logged_in.connect(SessionLimitsMiddleware.begin)
        post_migrate.connect(install_triggers, sender=self)
