using System.Collections.Concurrent;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Power;

/// <summary>What came of one member's part in an order.</summary>
internal sealed record WaveWriteResult(Member Member, Direction Direction, WriteResult Result, bool Released);

/// <summary>
/// Carries out the steps of one wave: all captures side by side, then the moves of those whose baseline is kept, then
/// the releases. What
/// fails fails alone. A hold that comes in between stops what was not sent yet.
/// </summary>
internal sealed class WaveWriter(ICluster cluster)
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
        await Each(
            order.Captures,
            isHeld,
            async capture =>
            {
                var result = await cluster.Baselines.CaptureAsync(
                    Key(capture.Member),
                    capture.Baseline,
                    BaselineNotes.None,
                    cancellationToken
                );
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
                var result = WriteResult.Done;
                foreach (var write in move.Writes)
                {
                    result = await cluster.WriteAsync(write, cancellationToken);
                    if (direction == Direction.Down)
                        await cluster.Baselines.SettleAsync(
                            Key(move.Member),
                            result,
                            () => IsStillToDo(move.Member),
                            cancellationToken
                        );
                    if (result.Outcome != WriteOutcome.Done)
                        break;
                }
                results.Add(new WaveWriteResult(move.Member, direction, result, false));
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

    private bool IsStillToDo(Member member) =>
        cluster.Known.Scalers.FirstOrDefault(scaler => scaler.Uid == member.Scaler.Uid) is { } now
        && !member.IsAskedToSleep(now.Target);

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
