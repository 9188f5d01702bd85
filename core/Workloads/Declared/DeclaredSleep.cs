using System.Text.Json;
using NodaTime;

namespace Ebb.Core.Workloads.Declared;

/// <summary>
/// By the fields that a SleepMethod names. What is kept are those fields and nothing else, each with its place, so that
/// they can be given back whatever becomes of the SleepMethod.
/// </summary>
internal sealed class DeclaredSleep : ISleepStrategy
{
    /// <summary>In characters: a Baseline holds no more.</summary>
    private const int Largest = 65_536;

    public string? Refusal(WorkloadView workload) =>
        State(workload) is not { Method: { } method } state
            ? State(workload).Fault
            : method
                .Sleep.Select(field => Obstacle(state.Fields, FieldPath.Parse(field.Path)!))
                .Prepend(NoPods(state.Fields, method))
                .FirstOrDefault(o => o is not null);

    public Baseline? Capture(WorkloadView workload, Instant now) =>
        State(workload) is not { Method: { } method } state
            ? null
            : new Baseline(
                workload.Uid,
                now,
                Suspended: state.IsSet || (method.Asleep.Any && HasEnded(workload, method) == true),
                Ready: method.Awake.Pods ? workload.ReadyReplicas : null,
                Fields: [.. method.Sleep.Select(field => state.Fields.Keep(FieldPath.Parse(field.Path)!))]
            );

    public IReadOnlyList<Write> ToSleep(WorkloadView workload) =>
        State(workload).Method is { } method ? Change(workload, method.Sleep) : [];

    public bool? IsAsleep(WorkloadView workload) =>
        State(workload) switch
        {
            { Method: null } => null,
            { IsSet: false } => false,
            { Method: { } method } => HasEnded(workload, method),
        };

    public IReadOnlyList<Write> ToWake(WorkloadView workload, Baseline baseline) =>
        Change(workload, baseline.Fields ?? []);

    public Baseline StayingAsleep(WorkloadView workload, Baseline baseline) =>
        State(workload).Method is { } method ? baseline with { Suspended = true, Fields = method.Sleep } : baseline;

    public bool? IsAwake(WorkloadView workload, Baseline baseline)
    {
        if (ToWake(workload, baseline).Count > 0)
            return false;
        // What did not run before need not run again.
        if (baseline.Suspended == true || State(workload) is not { Method.Awake: { } signals } state)
            return true;
        var shown = signals.Shown(state.Fields);
        return shown == false || !signals.Pods ? shown
            : workload.ReadyReplicas is not { } ready ? null
            : ready < (baseline.Ready ?? 0) ? false
            : shown;
    }

    /// <summary>Why it could never be told that its pods have ended; null: it can, or nobody asks.</summary>
    private static string? NoPods(ObjectFields fields, DeclaredMethod method) =>
        method is { Asleep.Pods: true, Pods.Selector: { } selector } && fields.Json(selector) is null
            ? $"{selector}: expected the selector of its pods, found nothing"
            : null;

    /// <summary>Why a field cannot be kept and given back; null: it can.</summary>
    private static string? Obstacle(ObjectFields fields, FieldPath path)
    {
        for (var count = 2; count < path.Members.Count && path.Members[0] == "spec"; count++)
            if (fields.Find(path.Members, count) is { } around && around.ValueKind != JsonValueKind.Object)
                return $"{path.First(count)}: expected an object, found {around.ValueKind}";
        return fields.Json(path)?.Length is > Largest and var length
            ? $"{path}: expected at most {Largest} characters of JSON, which a Baseline holds, found {length}"
            : null;
    }

    private static bool? HasEnded(WorkloadView workload, DeclaredMethod method)
    {
        // Nobody tells the status of what is on a dead node.
        if (workload.IsStranded)
            return true;
        var shown = method.Asleep.Shown(State(workload).Fields);
        return shown == false || !method.Asleep.Pods ? shown
            : workload.PodsLeft is not { } left ? null
            : left > 0 ? false
            : shown;
    }

    private static IReadOnlyList<Write> Change(WorkloadView workload, IReadOnlyList<FieldValue> wanted) =>
        FieldPatch.Of(State(workload).Fields, wanted) is { } patch
            ? [new Write.Merge(workload.Ref, workload.Uid, workload.ResourceVersion, patch)]
            : [];

    private static DeclaredState State(WorkloadView workload) =>
        workload.Declared
        ?? throw new ArgumentException($"{workload.Ref} does not sleep by its fields", nameof(workload));
}
