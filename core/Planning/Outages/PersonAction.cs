using NodaTime;

namespace Ebb.Core.Planning.Outages;

/// <summary>Something that a person did before an outage ended.</summary>
/// <param name="At">When; for what stood already when it began: when that was asked.</param>
/// <param name="What">One sentence, with the person's own reason in it.</param>
/// <param name="Who">As far as it is known: whoever holds a key leaves no name, whoever writes to the cluster leaves that of a program. Null: not known.</param>
public sealed record PersonAction(Instant At, string What, string? Who);
