using NodaTime;

namespace Ebb.Core.Power;

/// <summary>A fresh reading on battery whose charge is another than the one before.</summary>
/// <param name="At">When.</param>
/// <param name="Charge">Percent, 0 to 100.</param>
/// <param name="Load">Percent of nominal; null: not reported.</param>
public sealed record BatterySample(Instant At, double Charge, double? Load);
