"""The door for gunicorn."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

from landdb.signals import site_opens

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landdb.settings")

application = get_wsgi_application()
site_opens.send(sender=None)

# A page makes some ten thousand objects and lets nearly all of them go by itself: looking through all that
# the site holds every 700 of them is wasted, and what was loaded by now stays for good.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
# A request waits for the database some dozen times. Each time it comes back, others in the process may
# calculate for so long before they let it go on; the usual 5 ms add up to half a second.
sys.setswitchinterval(0.0005)
