using System.Collections.Concurrent;

namespace Ebb.Simulation.World.Keda;

/// <summary>The client of each trigger type. "simulated" is there from the start; others are added beside it.</summary>
public sealed class ScalerClients
{
    private readonly ConcurrentDictionary<string, IScalerClient> byType = new(StringComparer.Ordinal);

    public ScalerClients() => byType["simulated"] = Simulated;

    /// <summary>The trigger type whose answers tests and manifests set.</summary>
    public SimulatedScaler Simulated { get; } = new();

    public void Use(string triggerType, IScalerClient client) => byType[triggerType] = client;

    internal IScalerClient Of(string triggerType) =>
        byType.TryGetValue(triggerType, out var client)
            ? client
            : throw new InvalidOperationException($"no scaler found for type: {triggerType}");
}
