# docker build -f deploy/images/scaler.Dockerfile --build-arg DOTNET_IMAGES=…/dotnet -t ebb-scaler:0.1.0 .
# Where the images of .NET are published, with registry and path.
ARG DOTNET_IMAGES
FROM ${DOTNET_IMAGES}/sdk:10.0-noble AS build
# What links a native binary.
RUN apt-get update && apt-get install -y --no-install-recommends gcc zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
ARG VERSION=0.0.0-local
RUN deploy/images/publish scaler /program -p:Version=$VERSION

# No shell, no package manager; it runs as user 1654 and writes nothing to its own file system.
FROM ${DOTNET_IMAGES}/runtime-deps:10.0-noble-chiseled
ARG VERSION=0.0.0-local
ARG REVISION=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="ebb-scaler" \
      org.opencontainers.image.description="Ebb's external scaler for KEDA" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
COPY --from=build /program/Ebb.Scaler /program/
USER 1654
EXPOSE 9090 8080
ENTRYPOINT ["/program/Ebb.Scaler"]
