using Ebb.Core.Power;

namespace Ebb.Nut;

/// <summary>What went wrong and one sentence about it, without secrets.</summary>
internal readonly record struct SourceFault(UpsFault Kind, string Detail);
