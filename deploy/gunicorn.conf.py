"""Two workers with four threads each, forked from one loaded application. No address and no time in the log."""

import gc
import os

from consulta.web import preload
from consulta.web import server as own

bind = os.environ.get("CONSULTA_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = True
timeout = 60
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = os.environ.get("CONSULTA_LOG_LEVEL", "warning")
logger_class = own.Discreet
forwarded_allow_ips = ""


def when_ready(server):
    """Everything is loaded and nothing forked yet: keep the collector off it, so that the workers go on sharing it."""
    own.leave_unnamed()
    preload.load(server.app.wsgi())
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)  # a request makes a few thousand objects, few of them in circles
