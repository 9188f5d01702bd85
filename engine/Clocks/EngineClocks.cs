namespace Ebb.Engine.Clocks;

/// <summary>World time, which the demo may run faster, and real time for deadlines.</summary>
/// <param name="World">What durations are counted in: it does not jump while anything is counted.</param>
/// <param name="Deadlines">What waiting for an answer, and holding a lease, is counted in.</param>
internal sealed record EngineClocks(TimeProvider World, TimeProvider Deadlines)
{
    /// <summary>
    /// What people and schedules mean by a time of day, the ends of overrides and holds among it: the machine's clock
    /// as it stands, also when it was set a moment ago.
    /// </summary>
    public TimeProvider Wall => World is SteadyClock steady ? steady.Machine : World;
}
