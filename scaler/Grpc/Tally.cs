namespace Ebb.Scaler.Grpc;

/// <summary>Counts ends by status, at the cost of one addition. Safe from several threads.</summary>
internal sealed class Tally
{
    private readonly long[] _counts = new long[(int)StatusCode.Unavailable + 1];

    /// <summary>Those that came at all.</summary>
    public IEnumerable<(StatusCode Code, long Count)> All =>
        Enumerable
            .Range(0, _counts.Length)
            .Select(code => ((StatusCode)code, Count: Volatile.Read(ref _counts[code])))
            .Where(counted => counted.Count > 0);

    public void Count(StatusCode code) => Interlocked.Increment(ref _counts[(int)code]);
}
