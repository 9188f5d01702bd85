using Ebb.Core.Time.Windows;
using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>One rule, and something else, or nothing, outside its window.</summary>
public sealed class SingleRule : ITimetable
{
    private readonly Window _window;
    private readonly ScheduleState _inside;
    private readonly ScheduleState _outside;

    /// <param name="rule">While its window is in force.</param>
    /// <param name="otherwise">Outside it; null: nothing is asked.</param>
    public SingleRule(Rule rule, ScheduleState? otherwise = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _window = rule.Window;
        _inside = new ScheduleState(rule.Bounds, rule.Cause, true);
        _outside = otherwise ?? new ScheduleState(ScaleBounds.None, "", false);
    }

    /// <inheritdoc/>
    public ScheduleState At(Instant at) => _window.Contains(at) ? _inside : _outside;

    /// <inheritdoc/>
    public Instant? NextChange(Instant at) => _window.NextChange(at);
}
