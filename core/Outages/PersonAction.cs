using NodaTime;

namespace Ebb.Core.Outages;

/// <summary>Something that a person did before an outage ended.</summary>
/// <param name="At">When; for what stood already when it began: when that was asked.</param>
/// <param name="What">One sentence, with the person's own reason in it.</param>
/// <param name="Who">The name of the program that wrote to the cluster; null: not known, as for whoever used a
/// key.</param>
public sealed record PersonAction(Instant At, string What, string? Who);
