using Grpc.Core;

namespace Ebb.Scaler.Calls;

/// <summary>Counts ended calls of one method by status. Safe from several threads.</summary>
internal sealed class CallCounts
{
    private readonly long[] _counts = new long[(int)StatusCode.Unauthenticated + 1];

    /// <summary>The statuses that occurred.</summary>
    public IEnumerable<(StatusCode Code, long Count)> All =>
        Enumerable
            .Range(0, _counts.Length)
            .Select(code => ((StatusCode)code, Count: Volatile.Read(ref _counts[code])))
            .Where(counted => counted.Count > 0);

    public void Add(StatusCode code) => Interlocked.Increment(ref _counts[(int)code]);
}
