using NodaTime;

namespace Ebb.Core.Time.Timetables;

/// <summary>Of the rules in force the last listed holds whole; between them a default does.</summary>
/// <param name="otherwise">Between them.</param>
/// <param name="rules">In the order in which they are listed.</param>
public sealed class LastMatching(ScheduleState otherwise, IReadOnlyList<Rule> rules) : ITimetable
{
    private readonly ScheduleState[] _states =
    [
        .. rules.Select(rule => new ScheduleState(rule.Bounds, rule.Cause, true)),
    ];

    /// <inheritdoc/>
    public ScheduleState At(Instant at)
    {
        for (var i = rules.Count - 1; i >= 0; i--)
            if (rules[i].Window.Contains(at))
                return _states[i];
        return otherwise;
    }

    /// <inheritdoc/>
    public Instant? NextChange(Instant at) => rules.Select(rule => rule.Window.NextChange(at)).Min();
}
