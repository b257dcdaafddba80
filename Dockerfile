# One image for web, worker, mail, beat and migrate; docker-compose.yml says what each of them runs.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/srv/static

# Whatever runs here owns nothing but the place where beat remembers what it started when.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin alliance \
    && install --directory --owner alliance --group alliance --mode 0700 /var/lib/beat

WORKDIR /srv/app

COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
    --require-hashes --requirement requirements.txt

COPY manage.py ./
COPY alliance_match/ alliance_match/
COPY therapists/ therapists/
COPY clients/ clients/
COPY surveys/ surveys/
COPY templates/ templates/
COPY locale/ locale/
COPY static/ static/

# The settings want a secret and two addresses; collecting files uses none of them, and none is kept.
# The rights: a checkout that only its owner may read must not become an image that its user cannot.
RUN SECRET_KEY=unused DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused \
    python manage.py collectstatic --no-input \
    && chmod --recursive a+rX /srv

USER alliance
EXPOSE 8000
# Gunicorn's heartbeat files in memory; its control socket would want a home directory.
CMD ["gunicorn", "alliance_match.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
