using Ebb.Core.Ports;
using Ebb.Functions.Settings;
using Ebb.Kubernetes;
using Ebb.Tables;

namespace Ebb.Functions.State;

/// <summary>The store that the settings name.</summary>
internal static class StateStores
{
    public static IStateStore Open(EbbSettings settings, KubernetesApi api, Clocks clocks) =>
        new RestingStore(
            settings.Tables is { } tables
                ? new TableStateStore(tables.Address, tables.Table)
                : new ConfigMapStateStore(api, settings.StateNamespace),
            clocks.Deadlines
        );
}
