using NodaTime;

namespace Ebb.Core.Time.Windows;

/// <summary>Spans of time, each from its start (included) to its end (excluded). Immutable.</summary>
public sealed class BusyTimes
{
    // In ticks since the Unix epoch, sorted, none touching another.
    private readonly (long Start, long End)[] _spans;

    /// <param name="spans">In any order; empty ones are left out.</param>
    public BusyTimes(IEnumerable<(Instant Start, Instant End)> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        List<(long Start, long End)> merged = [];
        foreach (
            var (start, end) in spans
                .Where(span => span.Start < span.End)
                .Select(span => (span.Start.ToUnixTimeTicks(), span.End.ToUnixTimeTicks()))
                .Order()
        )
        {
            if (merged.Count > 0 && start <= merged[^1].End)
                merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, end));
            else
                merged.Add((start, end));
        }

        _spans = [.. merged];
    }

    /// <summary>All of them, in order.</summary>
    public IEnumerable<(Instant Start, Instant End)> Spans =>
        _spans.Select(span => (Instant.FromUnixTimeTicks(span.Start), Instant.FromUnixTimeTicks(span.End)));

    /// <summary>When an instant is in one of them: its end.</summary>
    internal long? EndOf(long ticks) =>
        After(ticks) is var next && next > 0 && ticks < _spans[next - 1].End ? _spans[next - 1].End : null;

    /// <summary>The first start after an instant; null: none.</summary>
    internal long? NextStart(long ticks) =>
        After(ticks) is var next && next < _spans.Length ? _spans[next].Start : null;

    /// <summary>The index of the first that starts after an instant.</summary>
    private int After(long ticks)
    {
        var (low, high) = (0, _spans.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_spans[middle].Start <= ticks)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
