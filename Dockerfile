# One image for every process of the backend; the command chooses which:
#   python -m api (default) | python -m workers [--queue NAME] | alembic upgrade head
FROM python:3.12-slim-bookworm AS environment
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
        -r requirements.lock

FROM python:3.12-slim-bookworm
# LibreOffice reads DOC and RTF, tesseract reads scans. Their versions are the distribution's, patched on each build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libreoffice-writer-nogui \
        tesseract-ocr \
        tesseract-ocr-eng \
        tesseract-ocr-fra \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin talentflow
COPY --from=environment /opt/venv /opt/venv
WORKDIR /app
COPY alembic.ini ./
COPY activities activities
COPY adapters adapters
COPY api api
COPY db db
COPY domain domain
COPY runtime runtime
COPY workers workers
COPY workflows workflows
RUN /opt/venv/bin/python -m compileall -q .
# The root file system may be read-only: everything written while running goes to /tmp.
ENV HOME=/tmp \
    HOST=0.0.0.0 \
    PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Of the API. Other commands need another check, or none: docker-compose.yml gives the workers theirs.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + (os.environ.get('PORT') or '8000') + '/healthz', timeout=4)"]
CMD ["python", "-m", "api"]
