using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Planning;
using NodaTime;

namespace Ebb.Core.Schedules;

/// <summary>
/// What a ServiceScaler wants of the HPA of its name: made, adopted, made again, sized, deleted. The kill switch on the HPA, the
/// annotation <see cref="Managed"/> with the value "false" in any case, makes it hands off.
/// </summary>
public static class ServiceScalerDecision
{
    /// <summary>The kill switch.</summary>
    public const string Managed = "service-scaler.kubernetes.io/managed";

    /// <summary>The original's own, so that an object that it made can go.</summary>
    public const string Finalizer = "servicescalers.scaler.udaan.io/finalizer";

    private const string NoteName = "service-scaler.kubernetes.io/note";
    private const string NoteText = "DO-NOT-EDIT-THIS--EDIT-SERVICE-SCALER-INSTEAD";

    /// <summary>The HPA that it looks after.</summary>
    public static ObjectRef HpaOf(Seen scaler)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return new ObjectRef("autoscaling/v2", ScheduleTarget.Hpa, scaler.Ref.Namespace, scaler.Ref.Name);
    }

    /// <summary>What must be done next.</summary>
    /// <param name="scaler">The ServiceScaler.</param>
    /// <param name="spec">What it says; null when nothing valid was ever seen.</param>
    /// <param name="standing">What the clock says now; null likewise.</param>
    /// <param name="hpa">The HPA of its name.</param>
    /// <param name="asleep">What power will wake the Deployment to, when it has it asleep.</param>
    public static Finding Decide(Seen scaler, ServiceScalerSpec? spec, Standing? standing, Look hpa, int? asleep)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        ArgumentNullException.ThrowIfNull(hpa);
        if (hpa is Look.Unknown unknown)
            return Finding.Of(unknown);
        var present = hpa.It;
        if (scaler.Deleting)
            return Depart(scaler, present);
        if (spec is null || standing is null)
            return Finding.Settled;
        if (!scaler.Finalizers.Contains(Finalizer))
            return Finding.Next(Finalizers(scaler, [.. scaler.Finalizers, Finalizer], "its finalizer"));
        if (present?.Deleting == true)
            return Finding.Settled;
        if (spec.IsFixed)
            return present is null || IsKilled(present)
                ? Finding.Settled
                : Finding.Next(
                    Delete(scaler, present, "minReplicas and maxReplicas are the same, so that no HPA is needed")
                );
        var (min, max) = HpaFields.Bounds(standing.Knobs);
        var waking = asleep is { } size
            ? new WakingSize(
                new WorkloadName("Deployment", scaler.Ref.Namespace, scaler.Ref.Name),
                Math.Clamp(size, min, max),
                standing.Cause
            )
            : null;
        if (present is null)
            return Finding.Next(Create(scaler, standing, min, max), null, waking);
        if (IsKilled(present))
            return new Finding([], null, $"hands off: the HPA carries {Managed}: \"false\"");
        return Patch(scaler, present, standing, min, max) is { } patch
            ? Finding.Next(patch, null, waking)
            : Finding.Settled with
            {
                WakesTo = waking,
            };
    }

    /// <summary>The status that follows, as a merge patch; null when it is so already.</summary>
    /// <param name="scaler">The ServiceScaler.</param>
    /// <param name="standing">What the clock says; null when nothing valid was ever seen.</param>
    /// <param name="patched">Whether the HPA was written in this turn.</param>
    /// <param name="condition">Available or Degraded.</param>
    /// <param name="message">Why; empty: in order.</param>
    /// <param name="changedBy">Who keeps changing the HPA; null: nobody.</param>
    /// <param name="now">The instant of the turn.</param>
    public static JsonObject? Status(
        Seen scaler,
        Standing? standing,
        bool patched,
        string condition,
        string message,
        string? changedBy,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(scaler);
        var shown = scaler.Read("status");
        var config = shown.Object("lastKnownConfig", required: false);
        var known = new Knobs(
            Number(config, "minReplicas"),
            Number(config, "maxReplicas"),
            Number(config, "targetCPUUtilization"),
            Number(config, "targetMemoryUtilization")
        );
        var same =
            (
                standing is null
                || (
                    known == standing.Knobs
                    && shown.Member("timeRangeMatch") is { } match
                    && match.ValueKind
                        == (
                            standing.InWindow
                                ? System.Text.Json.JsonValueKind.True
                                : System.Text.Json.JsonValueKind.False
                        )
                )
            )
            && shown.Member("lastObservedGeneration") is { } generation
            && generation.TryGetInt64(out var observed)
            && observed == scaler.Generation
            && shown.Text("condition") == condition
            && (shown.Text("message") ?? "") == message
            && shown.Text("changedBy") == changedBy;
        if (same && !patched)
            return null;
        var status = new JsonObject
        {
            ["lastAction"] = patched ? "patch" : "no-op",
            ["lastObservedGeneration"] = scaler.Generation,
            ["lastUpdatedTime"] = now.ToString("uuuu-MM-dd'T'HH:mm'Z+0000'", CultureInfo.InvariantCulture),
            ["condition"] = condition,
            ["message"] = message.Length == 0 ? null : message,
            ["changedBy"] = changedBy,
        };
        if (standing is not null)
        {
            status["timeRangeMatch"] = standing.InWindow;
            status["lastKnownConfig"] = new JsonObject
            {
                ["minReplicas"] = standing.Knobs.Min,
                ["maxReplicas"] = standing.Knobs.Max,
                ["targetCPUUtilization"] = standing.Knobs.Cpu,
                ["targetMemoryUtilization"] = standing.Knobs.Memory,
            };
        }

        return new JsonObject { ["status"] = status };
    }

    private static bool IsKilled(Seen hpa) =>
        hpa.Annotations.TryGetValue(Managed, out var value)
        && value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static Finding Depart(Seen scaler, Seen? hpa)
    {
        if (!scaler.Finalizers.Contains(Finalizer))
            return Finding.Settled;
        if (hpa is not null && !IsKilled(hpa))
            return hpa.Deleting ? Finding.Settled : Finding.Next(Delete(scaler, hpa, "its ServiceScaler was deleted"));
        return Finding.Next(Finalizers(scaler, [.. scaler.Finalizers.Where(one => one != Finalizer)], "no finalizer"));
    }

    private static ScheduleWrite.Merge Finalizers(Seen scaler, string[] finalizers, string what) =>
        new(
            scaler.Ref,
            what,
            scaler.Uid,
            scaler.ResourceVersion,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["finalizers"] = new JsonArray([.. finalizers.Select(one => (JsonNode)one)]),
                },
            }
        );

    private static ScheduleWrite.Delete Delete(Seen scaler, Seen hpa, string why) =>
        new(hpa.Ref, $"deleted: {why}", hpa.ResourceVersion)
        {
            Note = new Note(scaler, "HpaDeleted", "Delete", $"HorizontalPodAutoscaler {hpa.Ref.Name} deleted: {why}"),
        };

    private static ScheduleWrite.Create Create(Seen scaler, Standing standing, int min, int max)
    {
        var annotations = new JsonObject();
        foreach (var (key, value) in scaler.Annotations)
            annotations[key] = value;
        (annotations[Managed], annotations[NoteName]) = ("true", NoteText);
        var labels = new JsonObject();
        foreach (var (key, value) in scaler.Labels)
            labels[key] = value;
        var on = HpaOf(scaler);
        var body = new JsonObject
        {
            ["apiVersion"] = on.ApiVersion,
            ["kind"] = on.Kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = on.Name,
                ["namespace"] = on.Namespace,
                ["labels"] = labels,
                ["annotations"] = annotations,
            },
            ["spec"] = new JsonObject
            {
                ["scaleTargetRef"] = new JsonObject
                {
                    ["apiVersion"] = "apps/v1",
                    ["kind"] = "Deployment",
                    ["name"] = on.Name,
                },
                ["minReplicas"] = min,
                ["maxReplicas"] = max,
                ["metrics"] = HpaFields.Metrics(null, standing.Knobs.Cpu, standing.Knobs.Memory),
            },
        };
        return new ScheduleWrite.Create(on, $"created with minReplicas {min}, maxReplicas {max}", body)
        {
            Note = new Note(
                scaler,
                "HpaCreated",
                "Create",
                $"HorizontalPodAutoscaler {on.Name} created with minReplicas {min}, maxReplicas {max} ({standing.Cause})"
            ),
        };
    }

    private static ScheduleWrite.Merge? Patch(Seen scaler, Seen hpa, Standing standing, int min, int max)
    {
        var annotations = new JsonObject();
        if (hpa.Annotations.GetValueOrDefault(Managed) is null)
            annotations[Managed] = "true";
        if (hpa.Annotations.GetValueOrDefault(NoteName) != NoteText)
            annotations[NoteName] = NoteText;
        var spec = HpaFields.Difference(hpa, min, max);
        if (
            HpaFields.Metrics(hpa.Read("spec").Member("metrics"), standing.Knobs.Cpu, standing.Knobs.Memory) is
            { } metrics
        )
            spec["metrics"] = metrics;
        if (annotations.Count == 0 && spec.Count == 0)
            return null;
        var patch = new JsonObject();
        if (annotations.Count > 0)
            patch["metadata"] = new JsonObject { ["annotations"] = annotations };
        if (spec.Count > 0)
            patch["spec"] = spec;
        var words = spec.Count > 0 ? HpaFields.Words(spec) : "adopted";
        return new ScheduleWrite.Merge(hpa.Ref, words, hpa.Uid, hpa.ResourceVersion, patch)
        {
            Statement = string.Create(
                CultureInfo.InvariantCulture,
                $"{min} to {max}, cpu {standing.Knobs.Cpu}, memory {standing.Knobs.Memory}"
            ),
            Note = new Note(
                scaler,
                spec.Count > 0 ? "HpaPatched" : "HpaAdopted",
                "Patch",
                $"HorizontalPodAutoscaler {hpa.Ref.Name}: {words} ({standing.Cause})"
            ),
        };
    }

    private static int? Number(SpecReader config, string member) => config.Whole(member, 0, int.MaxValue);
}
