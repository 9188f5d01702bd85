using Ebb.Core.Gates;
using Ebb.Core.Waves;

namespace Ebb.Core.Ports;

/// <summary>Looks at gates, one at a time and only while somebody waits at them.</summary>
public interface IGateReader
{
    /// <summary>
    /// Looks once. What cannot be read is not known, and the answer says why; only the caller's cancellation is thrown.
    /// </summary>
    Task<GateAnswer> ReadAsync(AskedGate asked, CancellationToken cancellationToken);
}
