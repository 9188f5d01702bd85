namespace Ebb.Engine.Clocks;

/// <summary>The world's time, which the demo may run faster, and the time of sockets, which nobody can hurry.</summary>
/// <param name="World">What every decision is made on.</param>
/// <param name="Deadlines">What waiting for an answer, and holding a lease, is counted in.</param>
internal sealed record EngineClocks(TimeProvider World, TimeProvider Deadlines);
