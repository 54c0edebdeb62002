import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0003_employer_concerns_and_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sharing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('cv', 'the CV')], default='cv', max_length=12, verbose_name='what')),
                ('basis', models.CharField(choices=[('consent', 'with the person’s yes for this very recipient')], default='consent', max_length=12, verbose_name='basis')),
                ('since', models.DateField(verbose_name='given on')),
                ('until', models.DateField(verbose_name='may be kept until')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='taken back on')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sharings', to='casework.case')),
                ('employer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casework.employer', verbose_name='with')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sharings', to='casework.person')),
            ],
            options={
                'ordering': ['-since', '-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('what__in', ['cv'])), name='sharing_what_is_known'),
                    models.CheckConstraint(condition=models.Q(('basis__in', ['consent'])), name='sharing_basis_is_known'),
                    models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='sharing_ends'),
                ],
            },
        ),
    ]
