using System.Text.Json.Nodes;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>The JSON form of a baseline in an UpsScaler. Reading what was written gives an equal baseline.</summary>
internal static class BaselineJson
{
    /// <summary>
    /// All members, null where there is nothing: a merge patch then removes what an older baseline left there.
    /// </summary>
    public static JsonObject Write(Baseline baseline) =>
        new()
        {
            ["uid"] = baseline.Uid,
            ["capturedAt"] = baseline.CapturedAt is { } at ? KubernetesTime.Format(at) : null,
            ["replicas"] = baseline.Replicas,
            ["suspended"] = baseline.Suspended,
            ["suspendStated"] = baseline.SuspendStated,
            ["annotations"] = baseline.Annotations is null
                ? null
                : new JsonArray([.. baseline.Annotations.Select(Write)]),
            ["automated"] = baseline.Automated,
            ["scaledObject"] = baseline.ScaledObject,
        };

    public static Baseline? Read(BaselineFields? fields) =>
        fields is null
            ? null
            : new Baseline(
                fields.Uid,
                fields.CapturedAt,
                fields.Replicas,
                fields.Suspended,
                fields
                    .Annotations?.Where(one => one.Name is not null)
                    .Select(one => new AnnotationValue(one.Name!, one.Value))
                    .ToList(),
                fields.Automated,
                fields.ScaledObject,
                fields.SuspendStated
            );

    /// <summary>
    /// The baseline that the one integer of the original contract stands for, when another program wrote no more than
    /// that.
    /// </summary>
    public static Baseline FromInteger(int specReplicas, WorkloadType? type) =>
        type?.Method switch
        {
            SleepMethod.SuspendJobs or SleepMethod.SuspendReconciling => new Baseline(
                null,
                null,
                Suspended: specReplicas == 0
            ),
            SleepMethod.Hibernate => new Baseline(
                null,
                null,
                Annotations: [new(WellKnown.HibernationAnnotation, specReplicas == 0 ? "on" : null)]
            ),
            SleepMethod.StopSyncing => new Baseline(null, null, Automated: specReplicas == 0 ? null : "{}"),
            _ => new Baseline(null, null, specReplicas),
        };

    /// <summary>Whether <see cref="FromInteger"/> gives back everything that matters of it.</summary>
    public static bool FitsInteger(Baseline baseline) =>
        baseline is { Annotations: null or { Count: 0 }, Automated: null, ScaledObject: null }
        && (baseline.Replicas is not null || baseline.Suspended is not null);

    public static bool AreSame(Baseline a, Baseline? b) =>
        b is not null
        && a with { Annotations = null } == b with { Annotations = null }
        && (a.Annotations ?? []).SequenceEqual(b.Annotations ?? []);

    private static JsonObject Write(AnnotationValue annotation)
    {
        var written = new JsonObject { ["name"] = annotation.Name };
        if (annotation.Value is not null)
            written["value"] = annotation.Value;
        return written;
    }
}
