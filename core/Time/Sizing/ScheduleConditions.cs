using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Core.Conditions;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Time.Sizing;

/// <summary>The conditions of Schedules and ScheduledPodAutoscalers, in the original's words.</summary>
public static class ScheduleConditions
{
    /// <summary>In order; for a Schedule: its window is not in force.</summary>
    public const string Available = "Available";

    /// <summary>Its window is in force.</summary>
    public const string Progressing = "Progressing";

    /// <summary>A person suspended it.</summary>
    public const string Suspend = "Suspend";

    /// <summary>It cannot be followed; the message says why.</summary>
    public const string Degraded = "Degraded";

    /// <summary>A OneShot that is over, by its own zone.</summary>
    public const string Completed = "Completed";

    private const int MostWarnings = 5;

    /// <summary>How a Schedule stands, and why.</summary>
    /// <param name="member">The Schedule.</param>
    /// <param name="trouble">Why its target cannot be as it wants; null: it can.</param>
    /// <param name="hint">Something else to say; null: nothing.</param>
    /// <param name="now">The instant.</param>
    public static (string Condition, string Message) Of(IndexMember member, string? trouble, string? hint, Instant now)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (member.Faults.Count > 0)
            return (Degraded, string.Join("; ", member.Faults));
        if (member.Schedule is not { } schedule)
            return (Degraded, "nothing valid was ever seen");
        if (schedule.Suspend)
            return (Suspend, "");
        if (schedule.Rule.Window.Over is { } over && now >= over)
            return (Completed, "");
        if (trouble is not null)
            return (Degraded, trouble);
        return (
            schedule.Rule.Window.Contains(now) ? Progressing : Available,
            string.Join("; ", [.. hint is null ? [] : new[] { hint }, .. Left(schedule.Warnings)])
        );
    }

    /// <summary>What its calendar leaves out: the first of it, and how much more.</summary>
    private static IEnumerable<string> Left(IReadOnlyList<SpecFault> warnings) =>
        warnings
            .Take(MostWarnings)
            .Select(warning => $"left out: {warning}")
            .Concat(
                warnings.Count <= MostWarnings
                    ? []
                    :
                    [
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"and {warnings.Count - MostWarnings} more that its calendar says and Ebb does not understand"
                        ),
                    ]
            );

    /// <summary>
    /// The status that follows, as a merge patch; null when it is so already. The time is that of the last change of
    /// the condition.
    /// </summary>
    /// <param name="seen">The object.</param>
    /// <param name="condition">One of the words above.</param>
    /// <param name="message">Why; empty: nothing to say.</param>
    /// <param name="changedBy">Who keeps changing what is scaled; null: nobody.</param>
    /// <param name="now">The instant.</param>
    /// <param name="selected">What it selects; null: it names one.</param>
    /// <param name="daysOff">Its days off of the next 30 days; null: not known, so that what is shown stays.</param>
    public static JsonObject? Status(
        ObjectView seen,
        string condition,
        string message,
        string? changedBy,
        Instant now,
        SelectionEntry? selected = null,
        IReadOnlyList<string>? daysOff = null
    )
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(message);
        var shown = seen.Read("status");
        var before = shown.Text("condition");
        if (
            before == condition
            && (shown.Text("message") ?? "") == message
            && shown.Text("changedBy") == changedBy
            && (selected is null || IsShown(shown, selected))
            && (daysOff is null || shown.Texts("daysOff").Select(one => one.Text).SequenceEqual(daysOff))
            && (seen.Generation == 0 || Observed(shown, "observedGeneration") == seen.Generation)
        )
            return null;
        var status = new JsonObject
        {
            ["condition"] = condition,
            ["message"] = message.Length == 0 ? null : message,
            ["changedBy"] = changedBy,
            ["observedGeneration"] = seen.Generation,
            ["conditions"] = List(seen, condition, message, now),
        };
        if (selected is not null)
        {
            status["selected"] = selected.Selected.Items.Count;
            status["workloads"] = new JsonArray([.. selected.First.Select(name => (JsonNode)name)]);
        }
        if (daysOff is not null)
            status["daysOff"] = daysOff.Count == 0 ? null : new JsonArray([.. daysOff.Select(day => (JsonNode)day)]);
        if (before != condition)
            status["lastTransitionTime"] = InstantPattern.General.Format(now);
        return new JsonObject { ["status"] = status };
    }

    /// <summary>The days off of the next 30 days; null: its calendar is not known.</summary>
    public static IReadOnlyList<string>? DaysOff(IndexMember member, Instant now)
    {
        ArgumentNullException.ThrowIfNull(member);
        return member is { IsWithheld: false, Pending: false, Schedule: { } schedule }
            ? UpcomingDaysOff.Of(schedule.Rule.Window, now)
            : null;
    }

    private static bool IsShown(SpecReader shown, SelectionEntry selected) =>
        Observed(shown, "selected") == selected.Selected.Items.Count
        && shown.Texts("workloads").Select(one => one.Text).SequenceEqual(selected.First);

    /// <summary>The same as conditions of which <c>kubectl wait</c> knows.</summary>
    internal static JsonArray List(ObjectView seen, string condition, string message, Instant now) =>
        ConditionList.Write(
            seen.Read("status").Member("conditions"),
            ObjectCondition.Of(
                condition is Available or Progressing or Completed,
                condition == Progressing,
                condition == Degraded,
                condition,
                message
            ),
            now,
            seen.Generation
        );

    internal static long? Observed(SpecReader status, string member) =>
        status.Member(member) is { ValueKind: JsonValueKind.Number } generation
        && generation.TryGetInt64(out var observed)
            ? observed
            : null;

    /// <summary>The message that is shown now; null: none.</summary>
    public static string? Told(ObjectView seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return seen.Read("status").Text("message");
    }

    /// <summary>The condition that is shown now; null: none.</summary>
    public static string? Shown(ObjectView seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return seen.Read("status").Text("condition");
    }
}
