using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Engine.Claims;
using Ebb.Engine.Clocks;
using Ebb.Engine.Settings;
using NodaTime;

namespace Ebb.Engine.Overrides;

/// <summary>All overrides, as the cluster has them. Safe from several threads.</summary>
internal sealed class OverrideBook(ICluster cluster, EbbSettings settings, EngineClocks clocks) : IClaims
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private volatile Counting? _count;

    private IReadOnlyList<StoredOverride> Stored => settings.Release ? [] : cluster.Known.Overrides ?? [];

    /// <summary>Those of which anything is left to be done or told, by namespace, kind and name.</summary>
    public IReadOnlyList<StoredOverride> All =>
        [
            .. Stored
                .Where(s => s.Status?.State != OverrideState.Ended)
                .OrderBy(s => (s.Override.Namespace, s.Override.Kind, s.Override.Name)),
        ];

    /// <summary>Those that count and have not ended, by workload; and why others do not count, by UID.</summary>
    public (
        IReadOnlyDictionary<OverrideKey, StoredOverride> Counted,
        IReadOnlyDictionary<string, string> Refused
    ) Count()
    {
        var (stored, now) = (Stored, clocks.Wall.Now());
        if (_count is { } last && ReferenceEquals(last.Of, stored) && now >= last.From && now < last.Until)
            return (last.Counted, last.Refused);
        var (counted, refused) = StoredOverride.Count(stored, settings.AdminNamespaces, now);
        var until = counted.Values.Select(s => s.Override.Until).Append(now + Duration.FromSeconds(1)).Min();
        _count = new Counting(stored, now, until, counted, refused);
        return (counted, refused);
    }

    /// <summary>The one that counts, or else one that has ended and is still there; null: there is none.</summary>
    public StoredOverride? Find(string kind, string @namespace, string name)
    {
        var key = new OverrideKey(kind, @namespace, name);
        return Count().Counted.GetValueOrDefault(key)
            ?? Stored
                .Where(s => s.Key == key && s.Namespace == @namespace)
                .OrderByDescending(s => s.ByEbb)
                .FirstOrDefault();
    }

    /// <summary>Stores an override.</summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="replaces">The one whose place it takes; null: there must be none.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<(StoredOverride? Stored, WriteResult Result)> PutAsync(
        Override asked,
        StoredOverride? replaces,
        CancellationToken cancellationToken
    ) => AskAsync(token => cluster.Overrides.PutAsync(asked, replaces, token), late => (null, late), cancellationToken);

    /// <summary>Takes an override back.</summary>
    public Task<WriteResult> DeleteAsync(StoredOverride stored, CancellationToken cancellationToken) =>
        AskAsync(token => cluster.Overrides.DeleteAsync(stored, token), late => late, cancellationToken);

    public IEnumerable<(Member Member, Claim Claim)> On(IReadOnlyList<Member> roster, Instant now)
    {
        if (Stored.Count == 0)
            yield break;
        var counted = Count().Counted;
        foreach (var member in roster)
            if (
                member.Type is { } type
                && counted.GetValueOrDefault(
                    new OverrideKey(type.Name, member.Scaler.TargetNamespace, member.Scaler.TargetName ?? "")
                )
                    is { } found
                && found.Status?.State != OverrideState.Refused
                && found.Override.Claim(now) is { } claim
            )
                yield return (member, claim);
    }

    private sealed record Counting(
        IReadOnlyList<StoredOverride> Of,
        Instant From,
        Instant Until,
        IReadOnlyDictionary<OverrideKey, StoredOverride> Counted,
        IReadOnlyDictionary<string, string> Refused
    );

    private async Task<T> AskAsync<T>(
        Func<CancellationToken, Task<T>> ask,
        Func<WriteResult, T> late,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(Patience, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return late(
                new WriteResult(
                    WriteOutcome.TimedOut,
                    $"the API server did not answer within {Patience.TotalSeconds:0} s"
                )
            );
        }
    }
}
