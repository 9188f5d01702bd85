using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Planning.Claims;

/// <summary>Why a size is what it is, who was overruled, what changes next and when: one sentence, the same wherever it is told.</summary>
public static class DecisionText
{
    private static readonly InstantPattern When = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>The sentence.</summary>
    /// <param name="standing">What power says of the workload.</param>
    /// <param name="decision">What the claims add up to.</param>
    public static string Of(string standing, Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (decision.Winner is null)
            return standing;
        List<Claim> all = [decision.Winner, .. decision.Agreeing, .. decision.Overruled];
        var said = decision.Winner switch
        {
            { Source: ClaimSource.Power } => standing,
            { AsksNothing: true } quiet => $"{standing}{Next(quiet, all)}",
            var winner => $"{Said(winner, all)}{Next(winner, all)}",
        };
        // What the clock wants at waking, power says by itself.
        var overruled = decision
            .Overruled.Where(c => decision.Winner.Source != ClaimSource.Power || c.Source != ClaimSource.Schedule)
            .DistinctBy(Word)
            .Select(c => $"{Said(c, all)}{Until(c)}")
            .ToList();
        return overruled.Count == 0 ? said : $"{said}; overruled: {string.Join(", ", overruled)}";
    }

    /// <summary>A floor and a ceiling of one source are one word of it.</summary>
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
            _ => throw new InvalidOperationException($"an effect that is none: {claim.Effect}"),
        };

    private static string Who(ClaimSource source) =>
        source switch
        {
            ClaimSource.Power => "power",
            ClaimSource.Override => "a person",
            ClaimSource.Schedule => "a schedule",
            ClaimSource.Capacity => "spare capacity",
            _ => throw new InvalidOperationException($"a source that is none: {source}"),
        };

    private static string Until(Claim claim) => claim.Until is { } until ? $" until {When.Format(until)}" : "";

    private static string Next(Claim winner, List<Claim> all) =>
        winner.Until is { } until ? $" until {When.Format(until)}, then {Heir(winner, until, all)}" : "";

    private static string Heir(Claim winner, Instant until, List<Claim> all)
    {
        if (winner.Then is { } then)
            return then;
        var weaker = all.Where(c => c.Source > winner.Source).OrderBy(c => c.Source).ToList();
        // The clock's word of then is not the one of now.
        if (weaker.Any(c => c is { Source: ClaimSource.Schedule, Until: { } end } && end <= until))
            return "what the schedule asks by then";
        return weaker.FirstOrDefault(c => !c.AsksNothing) is { } heir ? What(heir, all) : "what it was";
    }
}
