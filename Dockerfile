# The worker's image, about 255 MB: node, its libraries, certificates and Belay; no shell, no package
# manager. Pin the base in what you build for production; `docker buildx imagetools inspect
# node:20.20.2-bookworm-slim` prints its digest: --build-arg NODE=node:20.20.2-bookworm-slim@sha256:...
ARG NODE=node:20.20.2-bookworm-slim

FROM ${NODE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates
WORKDIR /belay
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN scripts/build && npm pack --ignore-scripts
RUN deploy/image/root-filesystem belay-*.tgz package-lock.json /image

# PostgreSQL, pgBackRest, restic and PgBouncer, with Belay's agent beside them: the profile `recovery` of
# docker-compose.yml. docker build --target database .
FROM ${NODE} AS database
COPY --from=build /image/app /app
RUN apt-get update && apt-get install --yes --no-install-recommends bzip2 ca-certificates \
  && node /app/dist/src/cli/main.js agent tools install --postgres 15 \
  && apt-get install --yes --no-install-recommends pgbouncer \
  && rm -rf /var/lib/apt/lists/*
USER postgres
WORKDIR /var/lib/postgresql
ENV NODE_ENV=production BELAY_HOME=/var/lib/postgresql/belay
ENTRYPOINT []

FROM scratch
COPY --from=build /image /
USER 65532:65532
WORKDIR /app
ENV NODE_ENV=production
ENV BELAY_HOME=/var/lib/belay
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["/app/dist/workers/control.js"]
