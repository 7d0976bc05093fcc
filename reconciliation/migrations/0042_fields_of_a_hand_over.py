import django.contrib.postgres.fields
from django.db import migrations, models

FIELDS = [
    ("name", "Họ và tên"),
    ("birth", "Ngày sinh"),
    ("sex", "Giới tính"),
    ("id_number", "Số giấy tờ"),
    ("address", "Địa chỉ"),
    ("certificate", "Giấy chứng nhận"),
]
#: The work of who was merged comes back as it was put away: with a value for each column.
LAID_BY = """
    UPDATE reconciliation_laidby SET work_item = work_item || '{"waits_fields": []}' WHERE work_item IS NOT NULL
"""
NOT_LAID_BY = "UPDATE reconciliation_laidby SET work_item = work_item - 'waits_fields' WHERE work_item IS NOT NULL"
#: What is not written yet goes on as it was shown: a commune was asked at the name, where no field was named.
AT_THE_NAME = """
    UPDATE reconciliation_bulkdecision SET fields = '{name}'
    WHERE state IN ('shown', 'running') AND why IN ('commune_differs', 'commune_cells')
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0041_plot_facets_of_work")]

    operations = [
        migrations.AddField(
            model_name="bulkdecision",
            name="fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=FIELDS, max_length=11),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="workitem",
            name="waits_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=FIELDS, max_length=11),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="bulkdecision",
            name="state",
            field=models.CharField(
                choices=[
                    ("shown", "Xem trước"),
                    ("asked", "Chờ người thứ hai đồng ý"),
                    ("running", "Đang ghi"),
                    ("done", "Đã ghi"),
                    ("refused", "Không được đồng ý"),
                    ("withdrawn", "Người đề nghị đã rút lại"),
                    ("undo_asked", "Chờ đồng ý hoàn tác"),
                    ("undoing", "Đang hoàn tác"),
                    ("undone", "Đã hoàn tác"),
                ],
                default="shown",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="bulkdecision",
            index=models.Index(
                condition=models.Q(("state__in", ["asked", "undo_asked"])),
                fields=["by"],
                name="bulkdecision_asked",
            ),
        ),
        migrations.RunSQL(LAID_BY, NOT_LAID_BY),
        migrations.RunSQL(AT_THE_NAME, migrations.RunSQL.noop),
    ]
