using System.Text.Json;
using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>Triggers of a ScaledObject that speak to Ebb's scaler: external ones with one of its keys.</summary>
internal static class EbbTriggers
{
    private static readonly string[] Keys = ["follow", "schedules", "perReplica", "desiredReplicas"];

    /// <summary>With one of these the trigger itself says when, and asks nobody else.</summary>
    private static readonly string[] OwnTimes = ["schedules", "timezone", "start", "end", "days", "desiredReplicas"];

    /// <summary>
    /// The scaler says what Schedules ask that name the ScaledObject or its target, and no other trigger asks for more:
    /// KEDA takes the greatest answer.
    /// </summary>
    public static bool SaySchedules(ObjectView scaled)
    {
        if (scaled.Read("spec").Member("triggers") is not { ValueKind: JsonValueKind.Array } triggers)
            return false;
        var read = triggers.EnumerateArray().Select(trigger => new SpecReader(trigger, "", [])).ToList();
        return read.TrueForAll(IsOfEbb) && read.Exists(FollowsWhatNamesIt);
    }

    private static bool IsOfEbb(SpecReader trigger) =>
        trigger.Text("type") is "external" or "external-push" && Keys.Any(key => Has(trigger, key));

    private static bool FollowsWhatNamesIt(SpecReader trigger) =>
        trigger.Object("metadata", required: false).Text("follow") is { } follow
        && follow.Split(',').Any(word => word.Trim() == "schedule")
        && !OwnTimes.Any(key => Has(trigger, key));

    private static bool Has(SpecReader trigger, string key) =>
        trigger.Object("metadata", required: false).Member(key) is not null;
}
