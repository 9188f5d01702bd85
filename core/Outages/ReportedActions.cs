using Ebb.Core.Claims;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Outages;

/// <summary>
/// Finds what people did in an outage: what they ordered during it and before it, and what they changed in the cluster.
/// </summary>
internal static class ReportedActions
{
    /// <summary>A drill is asked for before the outage that it is begins; it takes a turn.</summary>
    private static readonly Duration JustBefore = Duration.FromSeconds(10);

    private const int Most = 100;
    private static readonly InstantPattern When = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");

    public static IReadOnlyList<PersonAction> After(
        OutageReport report,
        Plan plan,
        IReadOnlyCollection<PersonAction> asked,
        Instant now
    )
    {
        List<PersonAction>? all = null;
        var known = report.People;
        foreach (var act in asked.Where(act => act.At >= report.Began - JustBefore))
            Add(act);
        if (report.Lines.Count == 0)
            foreach (var act in OrdersIn(plan, now))
                Add(act);
        foreach (var state in plan.Workloads)
            if (ByHand(report, state, now) is { } act && !known.Any(a => a.What == act.What && a.Who == act.Who))
                Add(act);
        return all ?? known;

        void Add(PersonAction act)
        {
            if ((all ?? known).Contains(act) || (all ?? known).Count >= Most)
                return;
            all ??= [.. known];
            all.Add(act);
        }
    }

    /// <summary>What people had asked before and what still stood when it began.</summary>
    private static IEnumerable<PersonAction> OrdersIn(Plan plan, Instant now)
    {
        if (plan.Orders.Hold is { } hold)
            yield return new PersonAction(hold.At, $"everything was held already: {hold.Reason}", null);
        foreach (var state in plan.Workloads)
        {
            var claim = state
                .Decision.Agreeing.Concat(state.Decision.Overruled)
                .Append(state.Decision.Winner)
                .FirstOrDefault(c => c?.Source == ClaimSource.Override);
            if (claim is not null)
                yield return new PersonAction(
                    now,
                    $"{state.Member} was overridden already"
                        + $"{(claim.Until is { } until ? $", until {When.Format(until)}" : "")}: {claim.Reason}",
                    null
                );
        }
    }

    /// <summary>Somebody scaled up a workload that Ebb had put to sleep.</summary>
    private static PersonAction? ByHand(OutageReport report, WorkloadState state, Instant now)
    {
        if (
            state.Member is not { Scaler.Baseline: not null, Workload: { Replicas: > 0 and var replicas } workload }
            || state.Phase != WorkloadPhase.GoingToSleep
        )
            return null;
        var name = state.Member.ToString();
        return report.Workloads.FirstOrDefault(w => w.Name == name) is { AsleepAt: not null, UpAt: null }
            ? new PersonAction(now, $"{name} was scaled to {replicas} by hand while it was asleep", workload.SizedBy)
            : null;
    }
}
