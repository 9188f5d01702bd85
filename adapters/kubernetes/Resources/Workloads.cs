using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Capacity;

namespace Ebb.Kubernetes.Resources;

internal sealed record Deployment : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public DeploymentSpec? Spec { get; init; }

    public DeploymentStatus? Status { get; init; }
}

internal sealed record DeploymentSpec(int? Replicas, LabelSelector? Selector, WorkloadTemplate? Template = null);

internal sealed record DeploymentStatus(
    long? ObservedGeneration,
    int? Replicas,
    int? ReadyReplicas,
    int? TerminatingReplicas,
    [property: JsonPropertyName("conditions")]
    [property: JsonConverter(typeof(ReplicaFailureConverter))]
        string? ReplicaFailure = null
);

internal sealed record StatefulSet : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public StatefulSetSpec? Spec { get; init; }

    public StatefulSetStatus? Status { get; init; }
}

internal sealed record StatefulSetSpec(
    int? Replicas,
    ClaimRetention? PersistentVolumeClaimRetentionPolicy,
    LabelSelector? Selector = null,
    [property: JsonConverter(typeof(PooledStringConverter))] string? PodManagementPolicy = null
)
{
    public WorkloadTemplate? Template { get; init; }
}

internal sealed record ClaimRetention([property: JsonConverter(typeof(PooledStringConverter))] string? WhenScaled);

internal sealed record StatefulSetStatus(long? ObservedGeneration, int? Replicas, int? ReadyReplicas);

internal sealed record CronJob : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public SuspendSpec? Spec { get; init; }

    public CronJobStatus? Status { get; init; }
}

/// <summary>The spec of a CronJob, as far as it matters.</summary>
internal sealed record SuspendSpec(bool? Suspend, CronJobTemplate? JobTemplate = null);

internal sealed record CronJobTemplate(CronJobTemplateSpec? Spec);

internal sealed record CronJobTemplateSpec(WorkloadTemplate? Template);

internal sealed record CronJobStatus(JobName[]? Active);

/// <summary>A job that runs.</summary>
internal sealed record JobName(string? Name);

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

internal sealed record CnpgCluster : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public CnpgSpec? Spec { get; init; }

    public CnpgStatus? Status { get; init; }
}

internal sealed record CnpgSpec(int? Instances, CnpgReplica? Replica = null);

/// <summary>A cluster that follows another one.</summary>
internal sealed record CnpgReplica(bool? Enabled);

internal sealed record CnpgStatus(
    int? ReadyInstances,
    Condition[]? Conditions,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Phase = null,
    string? PhaseReason = null,
    string? CurrentPrimary = null,
    string? TargetPrimary = null
);

internal sealed record Condition(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Type,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Status,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Reason,
    string? Message
);

internal sealed record ArgoApplication : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ArgoSpec? Spec { get; init; }

    public ArgoStatus? Status { get; init; }
}

internal sealed record ArgoStatus(ArgoResource[]? Resources);

/// <summary>An object that the Application applies.</summary>
internal sealed record ArgoResource(
    [property: JsonConverter(typeof(PooledStringConverter))] string? Group,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Kind,
    [property: JsonConverter(typeof(PooledStringConverter))] string? Namespace,
    string? Name
);

internal sealed record ArgoSpec(ArgoSyncPolicy? SyncPolicy);

internal sealed record ArgoSyncPolicy([property: JsonConverter(typeof(CompactJsonConverter))] string? Automated);

/// <summary>An object of which only the metadata is read.</summary>
internal sealed record BareObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }
}

/// <summary>An object of a kind that is known only by its scale, which may have a pod template.</summary>
internal sealed record ScalableObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    [JsonConverter(typeof(ScalableSpecConverter))]
    public ScalableSpec? Spec { get; init; }
}

/// <summary>Of the spec of any kind what its pod template says.</summary>
/// <param name="PodLabels">Null: it has no template with metadata.</param>
/// <param name="Template">What its pods are; null: there is no template that can be read.</param>
internal sealed record ScalableSpec(SmallDictionary? PodLabels, TemplateFacts? Template);

internal sealed record Scale : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public ScaleSpec? Spec { get; init; }

    public ScaleStatus? Status { get; init; }
}

/// <summary>Absent means 0: the server omits it at 0.</summary>
internal sealed record ScaleSpec(int? Replicas);

internal sealed record ScaleStatus(int? Replicas, string? Selector);

/// <summary>A JSON object kept as compact text; null for null.</summary>
internal sealed class CompactJsonConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
            document.RootElement.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value);
}
