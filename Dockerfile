# The package as npm hands it out, installed in an empty folder: npm pack, npm install, sluice start.
# test/e2e/package.test.ts runs these lines without a container.
FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm install && npm pack --pack-destination /tmp

FROM node:20-bookworm-slim
WORKDIR /app
COPY --from=build /tmp/sluice-*.tgz /tmp/
RUN npm install /tmp/sluice-*.tgz

# Reachable from outside the container; the embedded log and warehouse live in the volume.
RUN mkdir /data && chown node:node /data
USER node
ENV HOST=0.0.0.0 DATA_DIR=/data
VOLUME /data
EXPOSE 4000

CMD ["node_modules/.bin/sluice", "start"]
