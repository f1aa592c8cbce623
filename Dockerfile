# syntax=docker/dockerfile:1

# The program is static and carries its model: the image is the binary, the
# corpus and nothing else.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags nomsgpack -ldflags '-s -w' -o /out/bronwijzer ./cmd/bronwijzer \
 && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/bronwijzer /bronwijzer
COPY --from=build --chown=65532:65532 /out/data /data
COPY corpus /corpus
COPY LICENSE NOTICE /
USER 65532:65532
VOLUME /data
EXPOSE 8080
# It starts only when BRONWIJZER_AUTH says who may in: others can reach it.
ENV BRONWIJZER_LISTEN=0.0.0.0:8080 BRONWIJZER_DATA=/data BRONWIJZER_CORPUS=/corpus
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/bronwijzer", "health"]
ENTRYPOINT ["/bronwijzer"]
CMD ["serve"]
