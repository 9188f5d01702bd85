using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Commands;

/// <summary>
/// The engine put together and not started, for a command that looks once: it takes no Lease, so it writes nothing.
/// </summary>
internal sealed class IdleEngine : IAsyncDisposable
{
    private readonly WebApplication _app;

    public IdleEngine(WebApplicationBuilder builder, EbbSettings settings, EngineEnvironment environment)
    {
        // The command itself tells what it finds.
        builder.Logging.ClearProviders();
        builder.Services.AddEbb(settings, environment with { Api = new KubernetesApiOptions { Attempts = 3 } });
        _app = builder.Build();
    }

    public IServiceProvider Services => _app.Services;

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
