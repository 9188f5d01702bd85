namespace Ebb.Core.Workloads;

/// <summary>
/// Flux: suspended, and that is all; it runs nothing itself and must only not undo what the other waves do.
/// </summary>
internal sealed class ReconcilerSleep : FlagSleep;
