using Ebb.Core.Ports;
using Ebb.Core.Rights;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Loops;
using Ebb.Engine.Settings;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Api;
using NodaTime;

namespace Ebb.Engine.Rights;

/// <summary>
/// Asks whether the replica that leads may write what is named now, before an outage asks it: when its term begins,
/// when another type is named, and every hour. What is missing, or could not be asked, is asked again each minute until
/// it is there. What may only be read tells itself: the watches do.
/// </summary>
internal sealed class RightsWatch(
    KubernetesApi api,
    ICluster cluster,
    EbbSettings settings,
    LeadingTerm term,
    EngineClocks clocks,
    ILogger<RightsWatch> log,
    StartupGate gate
) : GatedService(gate)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Duration Whole = Duration.FromHours(1);
    private static readonly Duration Again = Duration.FromMinutes(1);
    private static readonly string[] Writes = ["create", "update", "patch", "delete"];

    private readonly RepeatingLoop _loop = new(clocks.Deadlines, log.AskingFailed);
    private readonly NeededRights _rights = new(
        api,
        OperatorRights.Of(settings.FollowsPower, settings.FollowsSchedules),
        settings.StateNamespace
    );

    /// <summary>What was named, and when, when all of them were asked last; null: not in this term.</summary>
    private (object Term, IReadOnlySet<string> Named, Instant At)? _asked;
    private Instant _askedAgain;
    private volatile IReadOnlyList<MissingRight>? _missing;

    /// <summary>Null: not known, as when this replica does not lead or the server does not say.</summary>
    public IReadOnlyList<MissingRight>? Missing => _missing;

    /// <summary>What a person should know; empty: nothing.</summary>
    public IEnumerable<string> Troubles => (_missing ?? []).Select(one => $"a right is missing: {one.Text}");

    protected override Task RunAsync(CancellationToken stoppingToken) =>
        settings.Release ? Task.CompletedTask : _loop.RepeatAsync(StepAsync, Look, clocks.Deadlines, stoppingToken);

    /// <summary>Asks what is due, which is nothing most of the time.</summary>
    internal async Task StepAsync(CancellationToken cancellationToken)
    {
        if (term.Current is not { } current || !cluster.Known.Synced)
        {
            (_asked, _missing) = (null, null);
            return;
        }
        var now = clocks.World.Now();
        var named = cluster.Known.Scalers.Select(scaler => scaler.Type).OfType<string>().ToHashSet();
        var isDue =
            _asked is not { } asked
            || !ReferenceEquals(asked.Term, current)
            || now - asked.At >= Whole
            || (now - asked.At >= Again && (_missing is null || !named.IsSubsetOf(asked.Named)));
        var isAgain = !isDue && _missing is { Count: > 0 } && now - _askedAgain >= Again;
        if (!isDue && !isAgain)
            return;
        if (isDue)
            _asked = (current, named, now);
        _askedAgain = now;
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        IReadOnlyList<MissingRight>? missing = null;
        try
        {
            missing = isDue
                ? await _rights.MissingAsync(
                    named.Select(WorkloadType.Named).OfType<WorkloadType>(),
                    Asked,
                    either.Token
                )
                : await _rights.StillAsync(_missing!, either.Token);
        }
        catch (KubernetesException fault)
        {
            log.RightsNotKnown(fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.RightsNotKnown($"no answer within {Patience.TotalSeconds:0} s");
        }
        foreach (var one in missing ?? [])
            if (_missing?.Any(before => before.Text == one.Text) != true)
                log.RightMissing(one.Text);
        if (missing is { Count: 0 } && _missing is { Count: > 0 })
            log.RightsThere();
        _missing = missing;
    }

    /// <summary>
    /// What writes, of what is named now. Observing only, that is Ebb's own objects and what it tells in those of
    /// others.
    /// </summary>
    private Right? Asked(Right right, IReadOnlySet<string> used)
    {
        var only = right.Only ?? (right is { Group: "apps", Subresource: "scale" } ? right.Plural.TrimEnd('s') : null);
        return (only is null || used.Contains(only)) && (settings.Act || right.Own || right.Subresource == "status")
            ? right with
            {
                Verbs = [.. right.Verbs.Intersect(Writes, StringComparer.Ordinal)],
            }
            : null;
    }
}
