using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>RuntimeClasses, watched from the first one on that a template names.</summary>
internal sealed class RuntimeClasses(KubernetesApi api, Action changed) : IAsyncDisposable
{
    private static readonly Resource<RuntimeClassObject> Kind = new(
        new("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", false),
        () => CapacityKindsJson.Default.RuntimeClassObject,
        () => CapacityKindsJson.Default.ObjectListRuntimeClassObject
    );
    private readonly Lock _lock = new();
    private Informer<RuntimeClassObject>? _watched;

    public Known<RuntimeClassFacts> Find(string name)
    {
        var watched = Watched();
        if (watched.TryFind("", name, out var found))
            return new(found.Facts, null);
        return watched.Synced ? default : new(null, watched.Trouble?.Sentence ?? "RuntimeClasses are not read yet");
    }

    public async ValueTask DisposeAsync()
    {
        if (_watched is not null)
            await _watched.DisposeAsync().ConfigureAwait(false);
    }

    private Informer<RuntimeClassObject> Watched()
    {
        lock (_lock)
        {
            if (_watched is null)
            {
                _watched = new Informer<RuntimeClassObject>(api, Kind);
                _watched.Changed += changed;
                _watched.Start();
            }

            return _watched;
        }
    }
}

internal sealed record RuntimeClassObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public RuntimeClassOverhead? Overhead { get; init; }

    public RuntimeClassScheduling? Scheduling { get; init; }

    [JsonIgnore]
    public RuntimeClassFacts Facts =>
        new(
            Overhead?.PodFixed ?? Amounts.None,
            Scheduling?.NodeSelector ?? SmallDictionary.None,
            Scheduling?.Tolerations ?? []
        );
}

internal sealed record RuntimeClassOverhead([property: JsonConverter(typeof(AmountsConverter))] Amounts? PodFixed);

internal sealed record RuntimeClassScheduling(SmallDictionary? NodeSelector, Toleration[]? Tolerations);
