using NodaTime;

namespace Ebb.Core.Schedules;

/// <summary>One rule, and something else, or nothing, outside its window.</summary>
public sealed class OneRule : ITimetable
{
    private readonly Window _window;
    private readonly Standing _inside;
    private readonly Standing _outside;

    /// <param name="rule">While its window is in force.</param>
    /// <param name="otherwise">Outside it; null: nothing is asked.</param>
    public OneRule(Rule rule, Standing? otherwise = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _window = rule.Window;
        _inside = new Standing(rule.Knobs, rule.Cause, true);
        _outside = otherwise ?? new Standing(Knobs.None, "", false);
    }

    /// <inheritdoc/>
    public Standing At(Instant at) => _window.Contains(at) ? _inside : _outside;

    /// <inheritdoc/>
    public Instant? NextChange(Instant at) => _window.NextChange(at);
}
