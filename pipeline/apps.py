from django.apps import AppConfig
from django.conf import settings


class PipelineConfig(AppConfig):
    name = "pipeline"

    def ready(self) -> None:
        if not settings.EMBEDDED_DATABASE:  # else PostgreSQL's driver is not even imported
            from trender import postgres_moments

            postgres_moments.use_on_new_connections()
