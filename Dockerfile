# syntax=docker/dockerfile:1.19
# The web app, the program, and nothing else: no shell, no package manager, not root.

FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS modules
# The same for both programs, so that what they share is compiled once.
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .

FROM modules AS document
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go run ./cmd/openapi > /openapi.json

FROM --platform=$BUILDPLATFORM node:22.23.3-bookworm-slim AS web
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend ./
COPY --from=document /openapi.json ./openapi.json
RUN npm run gen && npm run build

FROM modules AS program
ARG TARGETOS TARGETARCH VERSION=dev
COPY --from=web /src/frontend/dist ./frontend/dist
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH go build \
    -ldflags "-s -w -X github.com/bureauhq/bureau/app.Version=$VERSION" -o /bureau ./cmd/bureau
# Made here because the last stage can run nothing.
RUN mkdir -p /empty/data && chown -R 65532:65532 /empty/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=program /bureau /bureau
COPY --from=program --chown=65532:65532 /empty/data /var/lib/bureau
USER 65532:65532
EXPOSE 8080 9090
ENTRYPOINT ["/bureau"]
CMD ["serve"]
