using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// The HPA that a ScheduledPodAutoscaler generates: of its name, owned by it, as its spec says but for the bounds that
/// Schedules ask. Only what differs is written; what the spec does not name is nobody's but the API server's.
/// </summary>
internal static class AutoscalerDecision
{
    public static SizingPlan Decide(TargetInput input)
    {
        if (input.Sized is ObjectLookup.Unknown unknown)
            return SizingPlan.Of(unknown);
        if (input.Sized.It is not { Deleting: false } parent)
            return BaselineWrites.Gone(input, (input.Sized as ObjectLookup.Absent)?.What ?? $"{input.Ref} is deleted");
        if (input.Autoscaler is not { } spec)
            return SizingPlan.Cannot($"{parent.Ref} is not valid; its status says why");
        if (input.Hpa is ObjectLookup.Unknown notKnown)
            return SizingPlan.Of(notKnown);
        var zero = input.State.InWindow && input.Bounds.Max == 0;
        var bounds = zero ? spec.Otherwise.Bounds : input.Bounds;
        var (min, max) = HpaFields.Bounds(bounds);
        var hint =
            max > spec.Otherwise.Bounds.Max && input.Bounds.Max == input.Bounds.Min
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"maxReplicas {max} while the window is in force, {spec.Otherwise.Bounds.Max} otherwise"
                )
                : null;
        if (input.Hpa.It is not { } hpa)
            return SizingPlan.Next(Create(parent, spec, min, max), hint);
        if (hpa.Deleting)
            return SizingPlan.Settled;
        if (hpa.Owners.Count > 0 && !hpa.Owners.Contains(parent.Uid))
            return SizingPlan.Cannot(
                $"HorizontalPodAutoscaler {hpa.Ref.Namespace}/{hpa.Ref.Name} belongs to another object, "
                    + "so that it is left alone"
            );
        if (Patch(parent, hpa, spec, min, max) is { } patch)
            return SizingPlan.Next(patch, hint);

        var kept = input.Kept(parent.Uid);
        var emptying = ScaleToZero.Decide(input, parent, zero, kept, (min, max));
        if (emptying is { Steps.Count: > 0 } or { Trouble: not null } or { Waits: true })
            return emptying with { Hint = hint };
        var needed = zero || (input.Asleep is not null && kept is not null);
        return new SizingPlan(
            WorkloadDecision.Steps(needed ? BaselineWrites.Repair(input) : BaselineWrites.Release(input)),
            null,
            hint,
            emptying?.WakesTo
        );
    }

    private static ScheduleWrite.Create Create(ObjectView parent, AutoscalerSpec spec, int min, int max)
    {
        var on = new ObjectRef("autoscaling/v2", ScheduleTarget.Hpa, parent.Ref.Namespace, parent.Ref.Name);
        var body = (JsonObject)JsonSubset.Copy(spec.Hpa)!;
        (body["minReplicas"], body["maxReplicas"]) = (min, max);
        return new ScheduleWrite.Create(
            on,
            $"created with minReplicas {min}, maxReplicas {max}",
            new JsonObject
            {
                ["apiVersion"] = on.ApiVersion,
                ["kind"] = on.Kind,
                ["metadata"] = new JsonObject
                {
                    ["name"] = on.Name,
                    ["namespace"] = on.Namespace,
                    ["ownerReferences"] = new JsonArray(Owner(parent, controller: true)),
                },
                ["spec"] = body,
            }
        )
        {
            Note = new EventNote(
                parent,
                "HpaCreated",
                "Create",
                $"HorizontalPodAutoscaler {on.Name} created with minReplicas {min}, maxReplicas {max}"
            ),
        };
    }

    private static ScheduleWrite? Patch(ObjectView parent, ObjectView hpa, AutoscalerSpec wanted, int min, int max)
    {
        if (hpa.Owners.Count == 0)
            return new ScheduleWrite.AddOwner(
                hpa.Ref,
                "adopted",
                hpa.ResourceVersion,
                Owner(parent, controller: true),
                First: true
            );
        var spec = HpaFields.Difference(hpa, min, max);
        foreach (var field in wanted.Hpa.EnumerateObject())
        {
            if (field.Name is "minReplicas" or "maxReplicas")
                continue;
            // The API server puts a metric in where none is given.
            if (
                field.Name == "metrics"
                && field.Value.ValueKind == System.Text.Json.JsonValueKind.Array
                && field.Value.GetArrayLength() == 0
            )
                continue;
            if (!JsonSubset.Holds(field.Value, hpa.Read("spec").Member(field.Name)))
                spec[field.Name] = JsonSubset.Copy(field.Value);
        }

        return spec.Count == 0
            ? null
            : new ScheduleWrite.Merge(
                hpa.Ref,
                HpaFields.Words(spec),
                hpa.Uid,
                hpa.ResourceVersion,
                new JsonObject { ["spec"] = spec }
            )
            {
                Statement = string.Create(CultureInfo.InvariantCulture, $"{min} to {max}, {wanted.Hpa.GetRawText()}"),
            };
    }

    /// <summary>A reference to a parent; only one that generated the object is its controller.</summary>
    public static JsonObject Owner(ObjectView parent, bool controller)
    {
        var owner = new JsonObject
        {
            ["apiVersion"] = parent.Ref.ApiVersion,
            ["kind"] = parent.Ref.Kind,
            ["name"] = parent.Ref.Name,
            ["uid"] = parent.Uid,
        };
        if (controller)
            owner["controller"] = true;
        return owner;
    }
}
