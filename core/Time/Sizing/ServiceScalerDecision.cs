using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// What a ServiceScaler wants of the HPA of its name: made, adopted, made again, sized, deleted. The kill switch on the
/// HPA, the annotation <see cref="Managed"/> with the value "false" in any case, makes it hands off.
/// </summary>
public static class ServiceScalerDecision
{
    /// <summary>The kill switch.</summary>
    public const string Managed = "service-scaler.kubernetes.io/managed";

    /// <summary>The original's own, so that an object that it made can go.</summary>
    public const string Finalizer = "servicescalers.scaler.udaan.io/finalizer";

    /// <summary>The HPA that it looks after.</summary>
    public static ObjectRef HpaOf(ObjectView scaler)
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return new ObjectRef("autoscaling/v2", ScheduleTarget.Hpa, scaler.Ref.Namespace, scaler.Ref.Name);
    }

    /// <summary>What must be done next.</summary>
    /// <param name="scaler">The ServiceScaler.</param>
    /// <param name="spec">What it says; null when nothing valid was ever seen.</param>
    /// <param name="state">What the schedule says now; null likewise.</param>
    /// <param name="hpa">The HPA of its name.</param>
    /// <param name="asleep">What power will wake the Deployment to, when it has it asleep.</param>
    public static SizingPlan Decide(
        ObjectView scaler,
        ServiceScalerSpec? spec,
        ScheduleState? state,
        ObjectLookup hpa,
        int? asleep
    )
    {
        ArgumentNullException.ThrowIfNull(scaler);
        ArgumentNullException.ThrowIfNull(hpa);
        if (hpa is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        var present = hpa.It;
        if (scaler.Deleting)
            return Depart(scaler, present);
        if (spec is null || state is null)
            return SizingPlan.Settled;
        if (!scaler.Finalizers.Contains(Finalizer))
            return SizingPlan.Next(
                ServiceScalerWrites.Finalizers(scaler, [.. scaler.Finalizers, Finalizer], "its finalizer")
            );
        if (present?.Deleting == true)
            return SizingPlan.Settled;
        if (spec.IsFixed)
            return present is null || IsKilled(present)
                ? SizingPlan.Settled
                : SizingPlan.Next(
                    ServiceScalerWrites.Delete(
                        scaler,
                        present,
                        "minReplicas and maxReplicas are the same, so that no HPA is needed"
                    )
                );
        var (min, max) = HpaFields.Bounds(state.Bounds);
        var waking = asleep is { } size
            ? new WakingSize(
                new WorkloadName("Deployment", scaler.Ref.Namespace, scaler.Ref.Name),
                Math.Clamp(size, min, max),
                state.Cause
            )
            : null;
        if (present is null)
            return SizingPlan.Next(ServiceScalerWrites.Create(scaler, state, min, max), null, waking);
        if (IsKilled(present))
            return new SizingPlan([], null, $"hands off: the HPA carries {Managed}: \"false\"");
        return ServiceScalerWrites.Patch(scaler, present, state, min, max) is { } patch
            ? SizingPlan.Next(patch, null, waking)
            : SizingPlan.Settled with
            {
                WakesTo = waking,
            };
    }

    /// <summary>The status that follows, as a merge patch; null when it is so already.</summary>
    /// <param name="scaler">The ServiceScaler.</param>
    /// <param name="state">What the schedule says; null when nothing valid was ever seen.</param>
    /// <param name="patched">Whether the HPA was written in this turn.</param>
    /// <param name="condition">Available or Degraded.</param>
    /// <param name="message">Why; empty: in order.</param>
    /// <param name="changedBy">Who keeps changing the HPA; null: nobody.</param>
    /// <param name="now">The instant of the turn.</param>
    public static JsonObject? Status(
        ObjectView scaler,
        ScheduleState? state,
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
        var known = new ScaleBounds(
            Number(config, "minReplicas"),
            Number(config, "maxReplicas"),
            Number(config, "targetCPUUtilization"),
            Number(config, "targetMemoryUtilization")
        );
        var same =
            (
                state is null
                || (
                    known == state.Bounds
                    && shown.Member("timeRangeMatch") is { } match
                    && match.ValueKind
                        == (state.InWindow ? System.Text.Json.JsonValueKind.True : System.Text.Json.JsonValueKind.False)
                )
            )
            && ScheduleConditions.Observed(shown, "lastObservedGeneration") == scaler.Generation
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
            ["conditions"] = ScheduleConditions.List(scaler, condition, message, now),
        };
        if (state is not null)
        {
            status["timeRangeMatch"] = state.InWindow;
            status["lastKnownConfig"] = new JsonObject
            {
                ["minReplicas"] = state.Bounds.Min,
                ["maxReplicas"] = state.Bounds.Max,
                ["targetCPUUtilization"] = state.Bounds.Cpu,
                ["targetMemoryUtilization"] = state.Bounds.Memory,
            };
        }

        return new JsonObject { ["status"] = status };
    }

    private static bool IsKilled(ObjectView hpa) =>
        hpa.Annotations.TryGetValue(Managed, out var value)
        && value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static SizingPlan Depart(ObjectView scaler, ObjectView? hpa)
    {
        if (!scaler.Finalizers.Contains(Finalizer))
            return SizingPlan.Settled;
        if (hpa is not null && !IsKilled(hpa))
            return hpa.Deleting
                ? SizingPlan.Settled
                : SizingPlan.Next(ServiceScalerWrites.Delete(scaler, hpa, "its ServiceScaler was deleted"));
        return SizingPlan.Next(
            ServiceScalerWrites.Finalizers(
                scaler,
                [.. scaler.Finalizers.Where(one => one != Finalizer)],
                "no finalizer"
            )
        );
    }

    private static int? Number(SpecReader config, string member) => config.Whole(member, 0, int.MaxValue);
}
