# One image for every process; the module to run is the argument: services.events.main, deploy.cli.main migrate, ...
FROM python:3.11-slim AS packages
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ontmoet
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY proto/gen/ontmoet /app/ontmoet
COPY services /app/services
COPY deploy/__init__.py /app/deploy/__init__.py
COPY deploy/cli /app/deploy/cli
COPY deploy/local /app/deploy/local
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 NUMBA_CACHE_DIR=/tmp/kernels
USER 10001:10001
ENTRYPOINT ["python", "-m"]
