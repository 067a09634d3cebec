# wscam with ffmpeg. Build: docker build --tag wscam . Run: see compose.yaml
FROM debian:bookworm-slim AS build
WORKDIR /src
# The Deno that the project is pinned to, by its npm package.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates npm \
    && rm -rf /var/lib/apt/lists/*
COPY .dvmrc ./
RUN npm install --global "deno@$(cat .dvmrc)"
COPY deno.json deno.lock main.ts ./
COPY lib lib
COPY scripts scripts
# This stage runs on the processor that the image is for: x86_64 or aarch64.
RUN deno task compile --out /out "linux-$(uname -m)" && mv /out/wscam-linux-* /out/wscam

FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl ffmpeg v4l-utils \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --groups video wscam
COPY --from=build /out/wscam /usr/local/bin/wscam
USER wscam
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD curl --fail --silent --output /dev/null "http://127.0.0.1:${WSCAM_PORT:-8765}/healthz"
# SIGTERM ends it within 3 s.
STOPSIGNAL SIGTERM
# Without options, so that those of the environment hold.
ENTRYPOINT ["wscam"]
