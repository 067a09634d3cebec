# wscam with ffmpeg. Build: docker build --tag wscam . Run: see compose.yaml
FROM debian:bookworm-slim AS build
ARG TARGETARCH=amd64
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
RUN deno task compile --out /out \
        "linux-$([ "$TARGETARCH" = arm64 ] && echo aarch64 || echo x86_64)" \
    && mv /out/wscam-linux-* /out/wscam

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
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8765/healthz"]
# SIGTERM ends it within 3 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["wscam"]
CMD ["--camera", "0"]
