using Ebb.Core.Power;

namespace Ebb.Nut;

/// <summary>What went wrong and one sentence about it, without secrets.</summary>
internal readonly record struct Fault(UpsFault Kind, string Detail);
