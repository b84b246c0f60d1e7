# syntax=docker/dockerfile:1
# Two steps: one that may fetch and build, one that only holds what runs. Packages come from the lock, by hash.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY deploy/runtime.py deploy/runtime.py
# The lock holds what developers use as well. All of it is installed once, aside, to see what the service itself needs.
RUN python -m venv /usr/lib/everything \
 && /usr/lib/everything/bin/pip install --require-hashes --no-deps -r requirements.lock \
 && /usr/lib/everything/bin/python deploy/runtime.py --extra postgresql --extra oidc --extra telemetry > runtime.lock \
 && python -m venv /usr/lib/riskapi \
 && /usr/lib/riskapi/bin/pip install --require-hashes --no-deps -r runtime.lock
COPY riskapi riskapi
COPY rules rules
COPY datasets datasets
COPY templates templates
RUN /usr/lib/riskapi/bin/pip install --no-deps --no-build-isolation . \
 && RISKAPI_CACHE=/var/lib/riskapi/cache /usr/lib/riskapi/bin/riskapi data build --quiet

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 riskapi \
 && useradd --system --uid 10001 --gid riskapi --home-dir /var/lib/riskapi --shell /usr/sbin/nologin riskapi
COPY --from=build /usr/lib/riskapi /usr/lib/riskapi
COPY --from=build --chown=riskapi:riskapi /var/lib/riskapi /var/lib/riskapi
ENV PATH=/usr/lib/riskapi/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RISKAPI_CACHE=/var/lib/riskapi/cache \
    RISKAPI_STORE=/var/lib/riskapi/store.sqlite \
    RISKAPI_LOG_FORMAT=json \
    RISKAPI_PORT=8000
USER riskapi
WORKDIR /var/lib/riskapi
VOLUME /var/lib/riskapi
EXPOSE 8000
STOPSIGNAL SIGTERM
# Live, not ready: a service with stale data is to be told of, not to be started again and again.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"RISKAPI_PORT\"]}/health', timeout=4)"]
# On loopback, where the health check reaches it and nobody else: see docs/operations.md for how to let others in.
CMD ["riskapi", "serve"]
