# Two steps: the first has what building needs, the second only what running needs, and runs as nobody in particular.
FROM python:3.11.10-slim-bookworm AS build
WORKDIR /homeward
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.lock requirements-node.lock package.json package-lock.json .npmrc ./
COPY tools/setup.py tools/
COPY manage.py ./
COPY config config
COPY workflows workflows
COPY accounts accounts
COPY casework casework
COPY grants grants
COPY monitoring monitoring
RUN HOMEWARD_DATA=/tmp/build HOMEWARD_STATIC_ROOT=/homeward/static python tools/setup.py \
    && rm -rf node_modules .setup /tmp/build

FROM python:3.11.10-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /homeward --shell /usr/sbin/nologin homeward \
    && install -d -o homeward -g homeward -m 700 /data
WORKDIR /homeward
COPY --from=build /homeward /homeward
COPY docker docker
COPY tools/healthy.py tools/
ENV PATH=/homeward/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOMEWARD_MODE=production \
    HOMEWARD_DATA=/data \
    HOMEWARD_STATIC_ROOT=/homeward/static
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "tools/healthy.py"]
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--graceful-timeout", "20", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
