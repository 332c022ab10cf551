# The image to build on, exact; docs/operations.md says how to pin it by digest.
ARG PYTHON_IMAGE=python:3.13.18-slim
FROM ${PYTHON_IMAGE}
# pg_dump and psql, for backups: of the same major version as the server in compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/taizhang
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.lock
COPY . .
# Static files are made again at each start: the data folder holds nothing else on a machine with PostgreSQL.
# The number is fixed because compose.yaml mounts /data for it.
RUN useradd --uid 10001 --user-group --no-create-home taizhang \
    && install -d -o taizhang -g taizhang -m 700 /data /data/backups /data/evidence
USER taizhang
CMD ["sh", "-c", "python manage.py collectstatic --no-input --verbosity 0 && exec python -m gunicorn -c config/gunicorn.py config.wsgi"]
