using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>What a CloudNativePG cluster does instead of what it is asked for, as its own status says.</summary>
internal static class ClusterWords
{
    private const string Healthy = "Cluster in healthy state";

    /// <summary>Null: it says nothing of itself but that it is healthy.</summary>
    public static string? Of(CnpgCluster cluster)
    {
        List<string> words = [];
        if (cluster.Status is { Phase: { Length: > 0 } phase } status && phase != Healthy)
            words.Add(status.PhaseReason is { Length: > 0 } reason ? $"{phase} ({reason})" : phase);
        if (cluster.Status is { CurrentPrimary: { Length: > 0 } from, TargetPrimary: { Length: > 0 } to } && from != to)
            words.Add($"switching over from {from} to {to}");
        if (cluster.Metadata.Annotations.GetValueOrDefault(WellKnown.FencingAnnotation) is { } fenced && fenced != "[]")
            words.Add($"fenced: {fenced}");
        if (cluster.Spec?.Replica?.Enabled == true)
            words.Add("it follows another cluster");
        return words.Count == 0 ? null : string.Join(", ", words);
    }
}
