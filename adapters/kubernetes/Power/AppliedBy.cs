using Ebb.Core.GitOps;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>What an owner says that it applies.</summary>
internal static class AppliedBy
{
    public static AppliedObjects Of(FluxObject flux) =>
        new(
            flux.Status?.Inventory?.Entries?.Select(entry => entry?.Id).OfType<string>() ?? [],
            flux.Spec?.TargetNamespace is { Length: > 0 } place ? place : null
        );

    public static AppliedObjects Of(ArgoApplication application) =>
        new(
            application
                .Status?.Resources?.OfType<ArgoResource>()
                .Select(one => $"{one.Namespace}_{one.Name}_{one.Group}_{one.Kind}")
                ?? [],
            null
        );
}
