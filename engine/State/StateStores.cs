using Ebb.Core.Ports;
using Ebb.Engine.Clocks;
using Ebb.Engine.Settings;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.State;
using Ebb.Tables;

namespace Ebb.Engine.State;

/// <summary>The store that the settings name.</summary>
internal static class StateStores
{
    public static IStateStore Open(EbbSettings settings, KubernetesApi api, EngineClocks clocks) =>
        new RestingStore(
            settings.Tables is { } tables
                ? new TableStateStore(tables.Address, tables.Table)
                : new ConfigMapStateStore(api, settings.StateNamespace),
            clocks.Deadlines
        );
}
