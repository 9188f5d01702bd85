using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Workloads.Declared;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.SleepMethods;

/// <summary>A SleepMethod as the server sends it.</summary>
internal sealed record SleepMethodObject : IKubernetesObject
{
    private SleepMethodView? _view;

    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public JsonElement? Spec { get; init; }

    public SleepMethodStatusFields? Status { get; init; }

    /// <summary>The same instance each time.</summary>
    public SleepMethodView View()
    {
        var generation = Metadata.Generation ?? 0;
        return _view ??= new SleepMethodView(
            Metadata.Name,
            Metadata.Uid,
            generation,
            Metadata.CreationTimestamp,
            SleepMethodSpec.Read(Metadata.Name, Spec),
            Kind(Spec),
            Status?.ObservedGeneration == generation ? Status.View() : null
        );
    }

    private static string? Kind(JsonElement? spec) =>
        spec is { ValueKind: JsonValueKind.Object } it
        && it.TryGetProperty("for", out var named)
        && Text(named, "version") is { } version
        && Text(named, "kind") is { } kind
            ? SleepMethodBook.Key($"{(Text(named, "group") is { Length: > 0 } group ? group : "core")}/{version}", kind)
            : null;

    private static string? Text(JsonElement of, string member) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(member, out var found)
        && found.ValueKind == JsonValueKind.String
            ? found.GetString()
            : null;
}

internal sealed record SleepMethodStatusFields(
    [property: JsonConverter(typeof(LenientStringConverter))] string? Phase,
    [property: JsonConverter(typeof(LenientStringConverter))] string? Message,
    long? ObservedGeneration,
    JsonElement? Conditions
)
{
    public SleepMethodStatus? View() =>
        Enum.TryParse<SleepMethodPhase>(Phase, out var phase) && Enum.IsDefined(phase)
            ? new SleepMethodStatus(phase, Message ?? "")
            : null;
}
