namespace Ebb.Core.Claims;

/// <summary>What the claims on a workload add up to.</summary>
/// <param name="Floor">The least size allowed; null: any.</param>
/// <param name="Ceiling">The greatest size allowed; null: any.</param>
/// <param name="Winner">The strongest claim that has a say; null: nobody asks, the workload is what it was.</param>
/// <param name="Overruled">Claims that asked for something else than what came out, strongest first.</param>
public sealed record Decision(int? Floor, int? Ceiling, Claim? Winner, IReadOnlyList<Claim> Overruled)
{
    /// <summary>Claims besides the winner that got what they asked, strongest first.</summary>
    public IReadOnlyList<Claim> Agreeing { get; init; } = [];

    /// <summary>No claim.</summary>
    public static readonly Decision None = new(null, null, null, []);

    /// <summary>Whether this source is the one that writes to the workload: nobody stronger has a say in it.</summary>
    public bool LeavesTo(ClaimSource source) => Winner is null || Winner.Source >= source;

    /// <summary>The size that follows for a workload which by itself would be <paramref name="size"/>.</summary>
    public int Of(int size) => Math.Min(Math.Max(size, Floor ?? 0), Ceiling ?? int.MaxValue);
}
