namespace Ebb.Core.Workloads;

/// <summary>A status condition.</summary>
/// <param name="Status">True, False or Unknown, as written.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">For messages.</param>
public sealed record ConditionView(string Status, string? Reason, string? Message);
