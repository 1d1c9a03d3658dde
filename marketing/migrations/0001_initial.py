
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='BlogDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text="The month's first day.", unique=True)),
                ('title', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('edited_at', models.DateTimeField(help_text='When a person last changed it.', null=True)),
                ('execution_id', models.BigIntegerField(help_text='The run whose numbers it shows.')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'blog_drafts',
            },
        ),
        migrations.CreateModel(
            name='BlueprintMetric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('github_id', models.BigIntegerField()),
                ('repo_full_name', models.CharField(max_length=300)),
                ('metric_date', models.DateField()),
                ('deploy_button_url', models.TextField(null=True)),
                ('stars', models.PositiveIntegerField()),
                ('deploys', models.PositiveIntegerField(null=True)),
                ('deploy_seconds', models.DecimalField(decimal_places=1, help_text='Median of the deploys.', max_digits=12, null=True)),
                ('success_rate', models.DecimalField(decimal_places=2, help_text='Percent of the deploys.', max_digits=5, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'blueprint_metrics',
                'constraints': [models.UniqueConstraint(fields=('github_id', 'metric_date'), name='one_blueprint_metric_per_day')],
            },
        ),
        migrations.CreateModel(
            name='MarketingAsset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asset_type', models.CharField(choices=[('card_wide', 'card 1200 x 630'), ('card_square', 'card 1080 x 1080')], max_length=20)),
                ('theme', models.CharField(choices=[('light', 'Light'), ('dark', 'Dark')], max_length=10)),
                ('github_id', models.BigIntegerField()),
                ('repo_full_name', models.CharField(max_length=300)),
                ('alt_text', models.TextField()),
                ('image', models.BinaryField()),
                ('execution_id', models.BigIntegerField(help_text='The run whose published numbers it shows.')),
                ('snapshot_date', models.DateField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'marketing_assets',
                'constraints': [models.UniqueConstraint(fields=('github_id', 'asset_type', 'theme', 'snapshot_date'), name='one_asset_per_shape_theme_and_day')],
            },
        ),
        migrations.CreateModel(
            name='PlatformReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(max_length=30)),
                ('report_date', models.DateField()),
                ('config_files', models.PositiveIntegerField(help_text="Repositories with the platform's config file.", null=True)),
                ('readme_mentions', models.PositiveIntegerField(null=True)),
                ('stars', models.PositiveBigIntegerField(null=True)),
                ('report_text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'platform_intelligence',
                'constraints': [models.UniqueConstraint(fields=('platform', 'report_date'), name='one_reading_per_platform_day')],
            },
        ),
        migrations.CreateModel(
            name='SuccessStoryLead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('github_id', models.BigIntegerField()),
                ('repo_full_name', models.CharField(max_length=300)),
                ('rule', models.CharField(help_text='Name of the rule that made it a lead.', max_length=50)),
                ('stars', models.PositiveIntegerField()),
                ('star_velocity', models.DecimalField(decimal_places=6, max_digits=16, null=True)),
                ('contact', models.JSONField(default=dict, help_text="From the owner's public profile.")),
                ('story', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('new', 'New'), ('contacted', 'Contacted'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('published', 'Published')], default='new', max_length=10)),
                ('notes', models.TextField(blank=True)),
                ('execution_id', models.BigIntegerField(help_text='The run that found it.')),
                ('found_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'success_story_leads',
                'constraints': [models.UniqueConstraint(fields=('github_id', 'rule'), name='one_lead_per_repository_and_rule')],
            },
        ),
    ]
