namespace Ebb.Core.Workloads;

/// <summary>A pod that cannot end or cannot start, so that nothing waits for it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Why">For messages: what is the matter with its node, or which pod it waits for.</param>
public sealed record StrandedPod(string Name, string Why);
