using System.Collections.Concurrent;
using Ebb.Core.Ports;
using Ebb.Core.Workloads.Declared;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Power;

/// <summary>Writes to each SleepMethod whether it counts. Only differences are written.</summary>
internal sealed partial class SleepMethodReporter(ICluster cluster, EngineClocks clocks, ILogger log)
{
    /// <summary>A missing right or an old definition would refuse again at once.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _failed = new(StringComparer.Ordinal);
    private IReadOnlyList<SleepMethodView>? _told;

    public async Task TellAsync(CancellationToken cancellationToken)
    {
        if (cluster.Known.SleepMethods is not { } all || ReferenceEquals(all, _told))
            return;
        var statuses = new SleepMethodBook(all).Statuses;
        var left = 0;
        foreach (var method in all.Where(one => one.Status != statuses[one.Name]))
        {
            var now = clocks.World.GetUtcNow();
            if (_failed.TryGetValue(method.Uid, out var at) && now - at < AfterFailure)
            {
                left++;
                continue;
            }
            var result = await cluster.SleepMethods.SetStatusAsync(method, statuses[method.Name], cancellationToken);
            if (result.Outcome == WriteOutcome.Done)
            {
                _failed.TryRemove(method.Uid, out _);
                Stands(log, method.Name, statuses[method.Name].Phase, statuses[method.Name].Message);
                continue;
            }
            left++;
            _failed[method.Uid] = now;
            NotTold(log, method.Name, result.Detail);
        }
        _told = left == 0 ? all : null;
    }

    [LoggerMessage(46, LogLevel.Information, "SleepMethod {Name} is {Phase}: {Message}")]
    private static partial void Stands(ILogger log, string name, SleepMethodPhase phase, string message);

    [LoggerMessage(47, LogLevel.Warning, "the status of SleepMethod {Name} cannot be written: {Detail}")]
    private static partial void NotTold(ILogger log, string name, string detail);
}
