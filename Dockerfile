# The gateway and the console in one image. The wheel is built in one stage and installed in the next, which has no
# compiler, no source and no root.
#
#   docker build -t waitroom .
#   docker run --rm -p 8000:8000 -p 8001:8001 -v waitroom:/data -e WAITROOM_ORIGIN=http://shop:9000 \
#     -e WAITROOM_REDIS_URL=redis://redis:6379/0 waitroom
#
# The file system can be read-only (--read-only --tmpfs /tmp): only /data is written to (and /token, by deploy/compose).

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY waitroom waitroom
COPY admin admin
COPY templates templates
RUN pip install --no-cache-dir build && python -m build --wheel --outdir /wheels . \
 && python -m venv /opt/waitroom && /opt/waitroom/bin/pip install --no-cache-dir /wheels/*.whl

FROM python:3.13-slim
# a Redis of its own, for `waitroom demo` and for who sets no redis_url
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data waitroom && mkdir /data /token && chown waitroom /data /token
COPY --from=build /opt/waitroom /opt/waitroom
ENV PATH=/opt/waitroom/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    WAITROOM_HOST=0.0.0.0 WAITROOM_ADMIN_HOST=0.0.0.0 WAITROOM_DATA_DIR=/data
USER waitroom
WORKDIR /data
VOLUME /data
EXPOSE 8000 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/__waitroom/health/ready', timeout=2)"]
ENTRYPOINT ["waitroom"]
CMD ["serve"]
