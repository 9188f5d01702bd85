namespace Ebb.Engine.Clocks;

/// <summary>World time, which the demo may run faster, and real time for deadlines.</summary>
/// <param name="World">What every decision is made on.</param>
/// <param name="Deadlines">What waiting for an answer, and holding a lease, is counted in.</param>
internal sealed record EngineClocks(TimeProvider World, TimeProvider Deadlines);
