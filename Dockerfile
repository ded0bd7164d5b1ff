# The README's command in a container: npm install && npm start.
FROM node:20-bookworm-slim

WORKDIR /app
COPY --chown=node:node . .
RUN chown node:node /app && mkdir /data && chown node:node /data

USER node
RUN npm install && npm run build

# Reachable from outside the container; the embedded log and warehouse live in the volume.
ENV HOST=0.0.0.0 DATA_DIR=/data
VOLUME /data
EXPOSE 4000

CMD ["npm", "start"]
