using System.Collections.Concurrent;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Clocks;
using Ebb.Engine.Hooks;
using NodaTime;

namespace Ebb.Engine.Power;

/// <summary>What came of one member's part in an order.</summary>
internal sealed record WaveWriteResult(
    Member Member,
    Direction Direction,
    WriteResult Result,
    bool Released,
    params IReadOnlyList<Write> Writes
)
{
    /// <summary>How long its answers took.</summary>
    public Duration Took { get; init; }
}

/// <summary>
/// Carries out the steps of one wave: all captures side by side, then the moves of those whose baseline is kept, then
/// the releases. What
/// fails fails alone. A hold that comes in between stops what was not sent yet.
/// </summary>
internal sealed class WaveWriter(ICluster cluster, HookRunner? hooks, TimeProvider time)
{
    /// <summary>Enough to move a whole wave at once, few enough for an API server in trouble.</summary>
    private const int AtOnce = 32;

    public async Task<IReadOnlyCollection<WaveWriteResult>> CarryOutAsync(
        WaveSteps order,
        Direction direction,
        Func<bool> isHeld,
        CancellationToken cancellationToken
    )
    {
        ConcurrentBag<WaveWriteResult> results = [];
        ConcurrentDictionary<Member, bool> uncaptured = new();
        ConcurrentDictionary<Member, bool> created = new();
        await Each(
            order.Captures,
            isHeld,
            async capture =>
            {
                var result = await cluster.Baselines.CaptureAsync(
                    Key(capture.Member),
                    capture.Baseline,
                    BaselineNotes.None with
                    {
                        Hook = capture.Member.Workload?.Hook?.Run,
                    },
                    cancellationToken
                );
                if (result == WriteResult.Done && !capture.Member.Scaler.IsBaselineDeleted)
                    created[capture.Member] = true;
                if (result.Outcome == WriteOutcome.Done)
                    return;
                uncaptured[capture.Member] = true;
                results.Add(new WaveWriteResult(capture.Member, direction, result, false));
            },
            cancellationToken
        );

        await Each(
            order.Moves.Where(move => !uncaptured.ContainsKey(move.Member)),
            isHeld,
            async move =>
            {
                var (result, began) = (WriteResult.Done, time.Now());
                foreach (var write in move.Writes)
                {
                    result =
                        write is Write.RunHook run && hooks is not null
                            ? await hooks.BeginAsync(move.Member.Scaler, Key(move.Member), run, cancellationToken)
                            : await cluster.WriteAsync(write, cancellationToken);
                    if (
                        result.Outcome == WriteOutcome.Conflict
                        && write is not Write.RunHook
                        && created.TryRemove(move.Member, out _)
                    )
                        await TakeBackAsync(move.Member, write, cancellationToken);
                    if (result.Outcome != WriteOutcome.Done)
                        break;
                    created.TryRemove(move.Member, out _);
                }
                results.Add(
                    new WaveWriteResult(move.Member, direction, result, false, move.Writes)
                    {
                        Took = time.Now() - began,
                    }
                );
            },
            cancellationToken
        );

        await Each(
            order.Releases,
            isHeld,
            async member =>
            {
                var result = await cluster.Baselines.ReleaseAsync(Key(member), cancellationToken);
                results.Add(new WaveWriteResult(member, direction, result, true));
            },
            cancellationToken
        );
        return results;
    }

    /// <summary>
    /// The first write after a capture met a conflict. Where the same is still to be written, somebody was faster, and
    /// the capture may hold what was before that; else an earlier try was done although its answer was lost.
    /// </summary>
    private async Task TakeBackAsync(Member member, Write write, CancellationToken cancellationToken)
    {
        var now = cluster.Known.Scalers.FirstOrDefault(scaler => scaler.Uid == member.Scaler.Uid);
        if (now is not null && member.StillNeeds(write, now.Target))
            await cluster.Baselines.TakeBackAsync(Key(member), cancellationToken);
    }

    /// <summary>Of a member that names a workload, as each has that is captured or was.</summary>
    private static BaselineKey Key(Member member) =>
        new(BaselineSource.Power, member.Type!.Name, member.Scaler.TargetNamespace, member.Scaler.TargetName!);

    private static Task Each<T>(
        IEnumerable<T> items,
        Func<bool> isHeld,
        Func<T, Task> act,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (item, _) =>
            {
                if (!isHeld())
                    await act(item);
            }
        );
}
