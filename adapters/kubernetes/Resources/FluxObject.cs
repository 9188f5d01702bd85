using System.Text.Json.Serialization;

namespace Ebb.Kubernetes.Resources;

/// <summary>Kustomization and HelmRelease.</summary>
internal sealed record FluxObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public FluxSpec? Spec { get; init; }

    public FluxStatus? Status { get; init; }
}

internal sealed record FluxSpec(
    bool? Suspend,
    [property: JsonConverter(typeof(PooledStringConverter))] string? TargetNamespace = null
);

internal sealed record FluxStatus(FluxInventory? Inventory);

internal sealed record FluxInventory(FluxEntry[]? Entries);

/// <summary>An object that was applied, as <c>namespace_name_group_Kind</c>.</summary>
internal sealed record FluxEntry(string? Id);
