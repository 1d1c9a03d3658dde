from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0006_current_snapshot_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkerHeartbeat',
            fields=[
                ('name', models.CharField(help_text='Another one at each start.', max_length=40, primary_key=True, serialize=False)),
                ('host', models.CharField(max_length=255)),
                ('pid', models.PositiveIntegerField()),
                ('status', models.CharField(help_text="In django-q2's words.", max_length=20)),
                ('started_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'worker heartbeat',
                'db_table': 'worker_heartbeats',
                'ordering': ['-beat_at'],
            },
        ),
    ]
