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

FROM scratch
COPY --from=build /image /
USER 65532:65532
WORKDIR /app
ENV NODE_ENV=production
ENV BELAY_HOME=/var/lib/belay
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["/app/dist/workers/control.js"]
