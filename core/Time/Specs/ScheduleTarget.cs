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

    /// <summary>All kinds, each with the version in which Ebb reads it.</summary>
    public static IReadOnlyDictionary<string, string> Kinds { get; } =
        new Dictionary<string, string>
        {
            [Autoscaler] = "autoscaling.d-kuro.github.io/v1",
            ["Deployment"] = "apps/v1",
            ["StatefulSet"] = "apps/v1",
            [Hpa] = "autoscaling/v2",
            [ScaledObject] = "keda.sh/v1alpha1",
        };

    /// <summary>By the kind in lower case; null: it is none of them.</summary>
    internal static ScheduleTarget? OfType(string type, string name) =>
        Kinds.Keys.FirstOrDefault(kind => kind.Equals(type, StringComparison.OrdinalIgnoreCase)) is { } kind
            ? new ScheduleTarget(Kinds[kind], kind, name)
            : null;

    internal static ScheduleTarget? Read(SpecReader reference)
    {
        var words = string.Join(", ", Kinds.Keys);
        var (kind, name) = (reference.Text("kind", words), reference.Text("name", "the name of what is scaled"));
        if (kind is null)
            return null;
        if (!Kinds.TryGetValue(kind, out var version))
        {
            reference.Fault("kind", words, SpecFault.Quoted(kind));
            return null;
        }

        if (reference.Text("apiVersion") is { } written && Group(written) != Group(version))
            reference.Fault("apiVersion", version, SpecFault.Quoted(written));
        return name is null ? null : new ScheduleTarget(version, kind, name);
    }

    private static string Group(string apiVersion) => apiVersion.Split('/') is [var group, _] ? group : "";
}
