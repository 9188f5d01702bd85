# docker build -f deploy/images/functions.Dockerfile --build-arg DOTNET_IMAGES=…/dotnet --build-arg FUNCTIONS_IMAGES=…/azure-functions -t ebb-functions:0.1.0 .
# Where the images of .NET are published, with registry and path.
ARG DOTNET_IMAGES
ARG FUNCTIONS_IMAGES
FROM ${DOTNET_IMAGES}/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
ARG VERSION=0.0.0-local
RUN deploy/images/publish functions /program -p:Version=$VERSION

FROM ${FUNCTIONS_IMAGES}/dotnet-isolated:4-dotnet-isolated10.0
ARG VERSION=0.0.0-local
ARG REVISION=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="ebb-functions" \
      org.opencontainers.image.description="Ebb as an Azure Functions app" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
# A port that needs no privilege, and the host's log on the console.
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
    FUNCTIONS_WORKER_RUNTIME=dotnet-isolated \
    AzureFunctionsJobHost__Logging__Console__IsEnabled=true \
    ASPNETCORE_URLS=http://+:8080 \
    POLL_UPS_SCHEDULE="*/5 * * * * *" \
    EVALUATE_SCHEDULES_SCHEDULE="*/30 * * * * *"
COPY --from=build /program /home/site/wwwroot
USER 1654
EXPOSE 8080
