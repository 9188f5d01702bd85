using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Power;

/// <summary>The ScaledObjects and HorizontalPodAutoscalers of a cluster, by the workload that they scale.</summary>
internal sealed class AutoscalerIndex(Informer<SpecObject> scaledObjects, Informer<SpecObject> autoscalers)
{
    private readonly Dictionary<Key, SpecObject> _scaledObjects = [];
    private readonly Dictionary<Key, AutoscalerView> _autoscalers = [];
    private (long ScaledObjects, long Autoscalers) _built = (-1, -1);

    /// <summary>Built anew only when one of the collections changed.</summary>
    public void Refresh()
    {
        var now = (scaledObjects.Version, autoscalers.Version);
        if (now.Item1 != _built.ScaledObjects)
        {
            _scaledObjects.Clear();
            foreach (var scaled in scaledObjects.Items)
                if (
                    Target(scaled) is { } key
                    && IsFirst(_scaledObjects.GetValueOrDefault(key)?.Metadata.Name, scaled.Metadata.Name)
                )
                    _scaledObjects[key] = scaled;
        }

        if (now.Item2 != _built.Autoscalers)
        {
            _autoscalers.Clear();
            foreach (var autoscaler in autoscalers.Items.Where(one => !IsOfKeda(one)))
                if (
                    Target(autoscaler) is { } key
                    && IsFirst(_autoscalers.GetValueOrDefault(key)?.Ref.Name, autoscaler.Metadata.Name)
                )
                    _autoscalers[key] = ViewOf(autoscaler);
        }

        _built = now;
    }

    public SpecObject? ScaledObjectOf(Key workload) => _scaledObjects.GetValueOrDefault(workload);

    public AutoscalerView? AutoscalerOf(Key workload) => _autoscalers.GetValueOrDefault(workload);

    /// <summary>What a ScaledObject or an HPA scales; null when it names nothing.</summary>
    public static Key? Target(SpecObject scaling) => Target(scaling.Metadata.Namespace, scaling.Target);

    public static ScaledObjectView View(SpecObject scaled) =>
        new(
            new ObjectRef(
                Kinds.ScaledObjects.Type.ApiVersion,
                Kinds.ScaledObjects.Type.Kind,
                scaled.Metadata.Namespace,
                scaled.Metadata.Name
            ),
            scaled.Metadata.Uid,
            scaled.Metadata.ResourceVersion,
            scaled.Metadata.Annotations
        )
        {
            Labels = scaled.Metadata.Labels,
        };

    /// <summary>Made by KEDA for a ScaledObject, which is the one to change.</summary>
    private static bool IsOfKeda(SpecObject autoscaler) =>
        autoscaler.Metadata.OwnerReferences.Any(owner => owner.Kind == "ScaledObject")
        || autoscaler.Metadata.Labels.ContainsKey("scaledobject.keda.sh/name");

    private static AutoscalerView ViewOf(SpecObject autoscaler) =>
        new(
            new ObjectRef(
                Kinds.HorizontalPodAutoscalers.Type.ApiVersion,
                Kinds.HorizontalPodAutoscalers.Type.Kind,
                autoscaler.Metadata.Namespace,
                autoscaler.Metadata.Name
            ),
            autoscaler.Metadata.Uid,
            autoscaler.Number("minReplicas"),
            autoscaler.Number("maxReplicas")
        );

    // KEDA's defaults: apps/v1 and Deployment.
    public static Key? Target(string @namespace, TargetReference? target) =>
        target?.Name is not { Length: > 0 } name
            ? null
            : new Key(
                string.IsNullOrEmpty(target.ApiVersion) ? "apps/v1" : target.ApiVersion,
                string.IsNullOrEmpty(target.Kind) ? "Deployment" : target.Kind,
                @namespace,
                name
            );

    private static bool IsFirst(string? known, string name) => known is null || string.CompareOrdinal(name, known) < 0;

    /// <summary>A workload, whatever version of its group names it.</summary>
    internal readonly struct Key(string apiVersion, string kind, string @namespace, string name) : IEquatable<Key>
    {
        public string ApiVersion { get; } = apiVersion;

        public string Kind { get; } = kind;

        public string Namespace { get; } = @namespace;

        public string Name { get; } = name;

        private ReadOnlySpan<char> Group =>
            ApiVersion.AsSpan(0, Math.Max(0, ApiVersion.IndexOf('/', StringComparison.Ordinal)));

        public bool Equals(Key other) =>
            Name == other.Name
            && Namespace == other.Namespace
            && Kind == other.Kind
            && Group.SequenceEqual(other.Group);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(Name, Namespace, Kind);
    }
}
