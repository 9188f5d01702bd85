using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Claims;

/// <summary>
/// Why a size is what it is, who was overruled, what changes next and when: one sentence, the same wherever it is told.
/// </summary>
public static class DecisionText
{
    private static readonly InstantPattern When = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>The sentence.</summary>
    /// <param name="powerText">What power says of the workload.</param>
    /// <param name="decision">What the claims add up to.</param>
    public static string Of(string powerText, Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (decision.Winner is null)
            return powerText;
        List<Claim> all = [decision.Winner, .. decision.Agreeing, .. decision.Overruled];
        var said = decision.Winner switch
        {
            { Source: ClaimSource.Power } => powerText,
            { AsksNothing: true } quiet => $"{powerText}{Next(quiet, all)}",
            var winner => $"{Said(winner, all)}{Next(winner, all)}",
        };
        // The size to wake to is part of what power says.
        var overruled = decision
            .Overruled.Where(c => decision.Winner.Source != ClaimSource.Power || c.Source != ClaimSource.Schedule)
            .DistinctBy(Word)
            .Select(c => $"{Said(c, all)}{Until(c)}")
            .ToList();
        return overruled.Count == 0 ? said : $"{said}; overruled: {string.Join(", ", overruled)}";
    }

    /// <summary>A floor and a ceiling of one source are told together.</summary>
    private static (ClaimSource, string, Instant?) Word(Claim claim) => (claim.Source, claim.Reason, claim.Until);

    private static string Said(Claim claim, List<Claim> all) =>
        $"{What(claim, all)} asked by {Who(claim.Source)} ({claim.Reason})";

    private static string What(Claim claim, List<Claim> all) =>
        string.Join(
            " and ",
            all.Where(c => Word(c) == Word(claim)).OrderBy(c => c.Effect == ClaimEffect.AtLeast ? 0 : 1).Select(What)
        );

    private static string What(Claim claim) =>
        claim switch
        {
            { Effect: ClaimEffect.Asleep } => "asleep",
            { Effect: ClaimEffect.AtMost } => $"at most {claim.Value}",
            { Effect: ClaimEffect.AtLeast, Value: 0 } => "as it is",
            { Effect: ClaimEffect.AtLeast } => $"at least {claim.Value}",
            { Effect: ClaimEffect.Exactly } => $"exactly {claim.Value}",
            _ => throw new InvalidOperationException($"unexpected effect {claim.Effect}"),
        };

    private static string Who(ClaimSource source) =>
        source switch
        {
            ClaimSource.Power => "power",
            ClaimSource.Override => "a person",
            ClaimSource.Schedule => "a schedule",
            ClaimSource.Capacity => "spare capacity",
            _ => throw new InvalidOperationException($"unexpected source {source}"),
        };

    private static string Until(Claim claim) => claim.Until is { } until ? $" until {When.Format(until)}" : "";

    private static string Next(Claim winner, List<Claim> all) =>
        winner.Until is { } until ? $" until {When.Format(until)}, then {Heir(winner, until, all)}" : "";

    private static string Heir(Claim winner, Instant until, List<Claim> all)
    {
        if (winner.Then is { } then)
            return then;
        var weaker = all.Where(c => c.Source > winner.Source).OrderBy(c => c.Source).ToList();
        // What the schedule asks then differs from what it asks now.
        if (weaker.Any(c => c is { Source: ClaimSource.Schedule, Until: { } end } && end <= until))
            return "what the schedule asks by then";
        return weaker.FirstOrDefault(c => !c.AsksNothing) is { } heir ? What(heir, all) : "what it was";
    }
}
