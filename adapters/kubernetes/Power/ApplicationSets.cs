using Ebb.Core.GitOps;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>The ApplicationSets that made Applications, as far as they would undo what is written to those.</summary>
internal static class ApplicationSets
{
    private const string ApiVersion = "argoproj.io/v1alpha1";
    private const string Kind = "ApplicationSet";

    /// <summary>Why what is written to the Application may not hold; null: nothing is known against it.</summary>
    public static string? Doubt(ArgoApplication application, ClusterWatches watches)
    {
        var meta = application.Metadata;
        if (meta.OwnerReferences.FirstOrDefault(owner => owner.Kind == Kind)?.Name is not { } name)
            return null;
        var watch = watches.Asked(ApiVersion, Kind, whole: true);
        if (watch is null || (!watch.Synced && watch.Trouble is null))
            return null;
        // It makes Applications in its own namespace only.
        return PutBack.BySet($"{Kind} {meta.Namespace}/{name}", (watch.Find(meta.Namespace, name) as SpecObject)?.Spec);
    }
}
