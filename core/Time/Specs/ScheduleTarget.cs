using System.Text.Json;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Specs;

/// <summary>What a Schedule may size.</summary>
/// <param name="ApiVersion">The version in which Ebb reads it.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name, in the Schedule's namespace.</param>
public sealed record ScheduleTarget(string ApiVersion, string Kind, string Name)
{
    /// <summary>A parent in the sense of the original.</summary>
    public const string Autoscaler = "ScheduledPodAutoscaler";

    /// <summary>A HorizontalPodAutoscaler.</summary>
    public const string Hpa = "HorizontalPodAutoscaler";

    /// <summary>KEDA's.</summary>
    public const string ScaledObject = "ScaledObject";

    /// <summary>The kinds whose size Ebb writes by their own fields, each with its version.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } =
        new Dictionary<string, string>
        {
            [Autoscaler] = "autoscaling.d-kuro.github.io/v1",
            ["Deployment"] = "apps/v1",
            ["StatefulSet"] = "apps/v1",
            [Hpa] = "autoscaling/v2",
            [ScaledObject] = "keda.sh/v1alpha1",
        };

    /// <summary>How it sleeps, of any other kind; null: it is one of <see cref="Kinds"/>.</summary>
    public WorkloadType? Type { get; } = TypeOf(ApiVersion, Kind);

    /// <summary>Kinds of other groups are other kinds; its version says nothing of that.</summary>
    public string Id => IdOf(ApiVersion, Kind);

    /// <summary>The object, in a namespace.</summary>
    public ObjectRef In(string @namespace) => new(ApiVersion, Kind, @namespace, Name);

    /// <summary>The type in what is stored of an object.</summary>
    internal static string TypeName(string apiVersion, string kind) =>
        TypeOf(apiVersion, kind)?.Name ?? kind.ToLowerInvariant();

    /// <summary>The same of any object.</summary>
    /// <param name="apiVersion">Its group and version.</param>
    /// <param name="kind">Its kind.</param>
    public static string IdOf(string apiVersion, string kind) =>
        Kinds.ContainsKey(kind) || WorkloadType.IsKnown(apiVersion, kind) ? kind : $"{Group(apiVersion)}/{kind}";

    /// <summary>The type in what is stored, as Ebb writes it; null: no Schedule may size it.</summary>
    /// <param name="written">As it is stored.</param>
    public static string? StoredType(string written) =>
        OfType(written, "") is { } target ? TypeName(target.ApiVersion, target.Kind) : null;

    /// <summary>By the type in what is stored; null: it is none that a Schedule may size.</summary>
    internal static ScheduleTarget? OfType(string type, string name) =>
        Kinds.Keys.FirstOrDefault(kind => kind.Equals(type, StringComparison.OrdinalIgnoreCase)) is { } kind
            ? new ScheduleTarget(Kinds[kind], kind, name)
        : WorkloadType.Parse(type) is { } other ? new ScheduleTarget(other.ApiVersion, other.Kind, name)
        : null;

    internal static ScheduleTarget? Read(SpecReader reference)
    {
        var kind = ReadKind(reference);
        var name = reference.Text("name", "the name of what is scaled, or a selector");
        if (reference.Member("exclude") is not null)
            reference.Fault("exclude", "a selector with it, since it takes out of what that selects", "none");
        return kind is var (version, word) && name is not null ? new ScheduleTarget(version, word, name) : null;
    }

    internal static (string ApiVersion, string Kind)? ReadKind(SpecReader reference)
    {
        if (reference.Text("kind", Expected) is not { } kind)
            return null;
        var written = reference.Text("apiVersion");
        if (Kinds.TryGetValue(kind, out var version))
        {
            if (written is not null && Group(written) != Group(version))
                reference.Fault("apiVersion", version, SpecFault.Quoted(written));
            return (version, kind);
        }
        var known = WorkloadType.Known.FirstOrDefault(type =>
            type.Kind == kind && (written is null || Group(written) == Group(type.ApiVersion))
        );
        var type = known ?? (written is null ? null : WorkloadType.Parse($"{Grouped(written)}/{kind}"));
        if (type is not null)
            return (type.ApiVersion, type.Kind);
        if (written is null)
            reference.Fault("kind", Expected, SpecFault.Quoted(kind));
        else
            reference.Fault(
                "apiVersion",
                "a group and version such as argoproj.io/v1alpha1",
                SpecFault.Quoted(written)
            );
        return null;
    }

    /// <summary>
    /// How what a Schedule names or selects sleeps; null: it is one of <see cref="Kinds"/>, or that cannot be read.
    /// </summary>
    /// <param name="spec">Of the Schedule.</param>
    public static WorkloadType? TypeIn(JsonElement? spec) =>
        ReadKind(new SpecReader(spec, "spec", []).Object("scaleTargetRef", required: false)) is var (version, kind)
            ? TypeOf(version, kind)
            : null;

    private static string Expected { get; } =
        string.Join(", ", Kinds.Keys.Concat(WorkloadType.Known.Select(type => type.Kind)).Distinct())
        + ", or with apiVersion another one that has a scale subresource or that a SleepMethod names";

    private static WorkloadType? TypeOf(string apiVersion, string kind) =>
        Kinds.ContainsKey(kind) ? null : WorkloadType.Parse($"{apiVersion}/{kind}");

    private static string Group(string apiVersion) => apiVersion.Split('/') is [var group, _] ? group : "";

    /// <summary>The core group has no name of its own in manifests, and one here.</summary>
    private static string Grouped(string apiVersion) => apiVersion == "v1" ? "core/v1" : apiVersion;
}
