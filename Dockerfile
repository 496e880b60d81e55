# The bot and its speech server. Two targets:
#
#     docker build --target cpu  --tag openclaw-voice:cpu .
#     docker build --target cuda --tag openclaw-voice:cuda .     # with cuBLAS for Whisper
#
# Any image with Python 3.11 to 3.13 and venv can be the base: --build-arg PYTHON_IMAGE=...
# docs/deploying.md has the rest.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

# -- the packages of uv.lock -----------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS packages-cpu
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --quiet 'uv>=0.8,<1'
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /opt/openclaw-voice
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra postgres

FROM packages-cpu AS packages-cuda
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra postgres --group gpu

# -- what both images share ------------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS base
RUN useradd --system --uid 10001 --home-dir /data --no-create-home openclaw-voice \
    && mkdir -p /data/state /data/models \
    && chown -R openclaw-voice:openclaw-voice /data
WORKDIR /opt/openclaw-voice
COPY LICENSE pyproject.toml config.yaml ./
COPY run.py settings.py backoff.py tasks.py version.py virtual_time.py ./
COPY app app
COPY configuration configuration
COPY database database
COPY demo demo
COPY deploy/healthcheck.py deploy/healthcheck.py
COPY discord_bot discord_bot
COPY fleet fleet
COPY logs logs
COPY models models
COPY monitoring monitoring
COPY network network
COPY openclaw_client openclaw_client
COPY pipeline pipeline
COPY server server
COPY simulators simulators
COPY state state
COPY testing testing
COPY translations translations
COPY web web
ENV PATH=/opt/openclaw-voice/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data \
    OPENCLAW__STATE_DIR=/data/state \
    MODELS__DIR=/data/models \
    LOGGING__FORMAT=json
USER 10001
VOLUME ["/data/state", "/data/models"]
# 8091: the pages, /metrics and /readyz of the bot. 8090: the speech server (`serve`).
EXPOSE 8090 8091
# Alive, not ready: an unreachable Discord or Gateway is no reason to restart. A first start
# downloads weights.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10m --retries=4 \
    CMD ["python3", "deploy/healthcheck.py"]
ENTRYPOINT ["python3", "run.py"]
CMD ["bot"]

# -- the images ------------------------------------------------------------------------------------
FROM base AS cuda
COPY --from=packages-cuda /opt/openclaw-voice/.venv .venv
# What the NVIDIA Container Toolkit gives the container (--gpus all).
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
ARG VERSION=unknown
LABEL org.opencontainers.image.title="openclaw-voice" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"

FROM base AS cpu
COPY --from=packages-cpu /opt/openclaw-voice/.venv .venv
ARG VERSION=unknown
LABEL org.opencontainers.image.title="openclaw-voice" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
