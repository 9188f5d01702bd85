using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Planning.Claims;

/// <summary>Why a size is what it is, who was overruled, what changes next and when: one sentence, the same wherever it is told.</summary>
public static class Sentence
{
    private static readonly InstantPattern When = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>The sentence.</summary>
    /// <param name="standing">What power says of the workload.</param>
    /// <param name="decision">What the claims add up to.</param>
    public static string Of(string standing, Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var said = decision.Winner is { Source: not ClaimSource.Power } winner ? $"{Said(winner)}{Next(winner, decision)}" : standing;
        // What the clock wants at waking, power says by itself.
        var overruled = decision.Overruled.Where(c => decision.Winner?.Source != ClaimSource.Power || c.Source != ClaimSource.Schedule).Select(c => $"{Said(c)}{Until(c)}").ToList();
        return overruled.Count == 0 ? said : $"{said}; overruled: {string.Join(", ", overruled)}";
    }

    private static string Said(Claim claim) => $"{What(claim)} asked by {Who(claim.Source)} ({claim.Reason})";

    private static string What(Claim claim) => claim switch
    {
        { Effect: ClaimEffect.Asleep } => "asleep",
        { Effect: ClaimEffect.AtMost } => $"at most {claim.Value}",
        { Effect: ClaimEffect.AtLeast, Value: 0 } => "as it is",
        { Effect: ClaimEffect.AtLeast } => $"at least {claim.Value}",
        { Effect: ClaimEffect.Exactly } => $"exactly {claim.Value}",
        _ => throw new InvalidOperationException($"an effect that is none: {claim.Effect}"),
    };

    private static string Who(ClaimSource source) => source switch
    {
        ClaimSource.Power => "power",
        ClaimSource.Override => "a person",
        ClaimSource.Schedule => "a schedule",
        ClaimSource.Capacity => "spare capacity",
        _ => throw new InvalidOperationException($"a source that is none: {source}"),
    };

    private static string Until(Claim claim) => claim.Until is { } until ? $" until {When.Format(until)}" : "";

    private static string Next(Claim winner, Decision decision) => winner.Until is { } until
        ? $" until {When.Format(until)}, then {(decision.Overruled.FirstOrDefault(c => c.Until is null || c.Until > until) is { } heir ? What(heir) : "what it was")}"
        : "";
}
