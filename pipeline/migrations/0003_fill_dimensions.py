from django.db import migrations

from pipeline.reference import LANGUAGES, RENDER_SERVICES


def fill(apps, schema_editor):
    language, service = apps.get_model("pipeline", "LanguageDim"), apps.get_model("pipeline", "RenderServiceDim")
    language.objects.bulk_create(
        [
            language(language_name=row.name, language_category=row.category, ecosystem_size=row.ecosystem_size)
            for row in LANGUAGES.values()
        ],
        ignore_conflicts=True,
    )
    service.objects.bulk_create(
        [service(service_type=name, service_description=text) for name, text in RENDER_SERVICES.items()],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_analytics_views")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
