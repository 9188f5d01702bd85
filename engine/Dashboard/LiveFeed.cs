using System.Globalization;
using Ebb.Engine.Http;
using Ebb.Engine.Overrides;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Dashboard;

/// <summary>
/// Knows when each workload last changed, so that whoever asks again gets what is new and no more. As large as the
/// cluster, however
/// long it runs. Safe from several threads.
/// </summary>
internal sealed class LiveFeed(
    PowerPath path,
    EbbSettings settings,
    OverrideBook book,
    OverridePath overrides,
    UnlistedWorkloads unlisted,
    IDemoControls? demo = null
)
{
    private const int MostGone = 2000;
    private readonly string _process = Guid.NewGuid().ToString("N")[..8];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _gone = new(StringComparer.Ordinal);
    private PowerView? _seen;
    private long _version;
    private long _forgotten;

    /// <summary>Null: nothing has been decided yet.</summary>
    public LiveAnswer? Since(string? token)
    {
        if (path.View is not { } view)
            return null;
        lock (_lock)
        {
            if (!ReferenceEquals(view, _seen))
                Take(view);
            var since = Version(token);
            var whole = since is null || since < _forgotten;
            var from = whole ? -1 : since!.Value;
            return new LiveAnswer(
                $"{_process}-{_version.ToString(CultureInfo.InvariantCulture)}",
                whole,
                StatusReadings.Of(view, settings, path.Leads, path.Troubles),
                [.. _rows.Values.Where(r => r.Version > from).OrderBy(r => r.Order).Select(r => r.Answer)],
                whole ? [] : [.. _gone.Where(g => g.Value > from).Select(g => g.Key)],
                [.. book.All.Select(k => OverrideRoutes.Answer(k, overrides))],
                view.Outage is { } outage ? new LiveOutage(outage.Id, outage.Began, outage.Ended) : null,
                demo is null ? null : new LiveDemo(demo.Speed, demo.OnMains)
            );
        }
    }

    private long? Version(string? token) =>
        token?.Split('-') is [var process, var number]
        && process == _process
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version <= _version
            ? version
            : null;

    private void Take(PowerView view)
    {
        _seen = view;
        var next = _version + 1;
        var changed = false;
        var order = 0;
        HashSet<string> present = new(StringComparer.Ordinal);
        foreach (
            var answer in view
                .Plan.Workloads.Select(Readings.Workload)
                .Concat(unlisted.Now(view).Select(Readings.Workload))
                .Select(LiveWorkload.Of)
        )
        {
            if (!present.Add(answer.Key))
                continue;
            order++;
            if (_rows.TryGetValue(answer.Key, out var row) && row.Order == order && row.Answer == answer)
                continue;
            _rows[answer.Key] = new Row(answer, next, order);
            changed = true;
        }
        foreach (var gone in _rows.Keys.Where(k => !present.Contains(k)).ToList())
        {
            _rows.Remove(gone);
            _gone[gone] = next;
            changed = true;
        }
        foreach (var back in present)
            _gone.Remove(back);
        if (_gone.Count > MostGone)
        {
            // A client that is further behind gets everything.
            _forgotten = next;
            _gone.Clear();
        }
        if (changed)
            _version = next;
    }

    private sealed record Row(LiveWorkload Answer, long Version, int Order);
}
