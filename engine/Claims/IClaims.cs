using Ebb.Core.Claims;
using Ebb.Core.Waves;
using NodaTime;

namespace Ebb.Engine.Claims;

/// <summary>A source of claims besides power.</summary>
internal interface IClaims
{
    /// <summary>
    /// What is asked now of each member of whom something is asked. From memory, and quick: the power path waits for
    /// it.
    /// </summary>
    IEnumerable<(Member Member, Claim Claim)> On(IReadOnlyList<Member> roster, Instant now);
}

/// <summary>All that is asked, by the UID of the UpsScaler.</summary>
internal static class ClaimBook
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<Claim>> Nothing =
        new Dictionary<string, IReadOnlyList<Claim>>();

    public static IReadOnlyDictionary<string, IReadOnlyList<Claim>> Of(
        IEnumerable<IClaims>? sources,
        IReadOnlyList<Member> roster,
        Instant now
    )
    {
        Dictionary<string, IReadOnlyList<Claim>>? all = null;
        foreach (var (member, claim) in (sources ?? []).SelectMany(source => source.On(roster, now)))
        {
            all ??= new Dictionary<string, IReadOnlyList<Claim>>(StringComparer.Ordinal);
            all[member.Scaler.Uid] = [.. all.GetValueOrDefault(member.Scaler.Uid) ?? [], claim];
        }
        return all ?? Nothing;
    }
}
