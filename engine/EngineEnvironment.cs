using Ebb.Engine.Capacity;
using Ebb.Engine.Clocks;
using Ebb.Engine.Dashboard;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Nut;

namespace Ebb.Engine;

/// <summary>What the host of the engine gives to it.</summary>
/// <param name="Connection">Where the API server is; it may still be read while the rest is put together.</param>
/// <param name="Clocks">The world's time and that of deadlines.</param>
internal sealed record EngineEnvironment(Task<ClusterConnection> Connection, EngineClocks Clocks)
{
    /// <summary>The UPS to ask where the settings name none.</summary>
    public UpsSourceAddress? Source { get; init; }

    /// <summary>The scaler to ask where the settings name none.</summary>
    public ScalerPlace? Scaler { get; init; }

    /// <summary>Null: the world is real.</summary>
    public IDemoControls? Demo { get; init; }

    /// <summary>Null: the defaults, and nothing is read before the process listens.</summary>
    public KubernetesApiOptions? Api { get; init; }
}
