using Ebb.Core.Power;

namespace Ebb.Core.Waves;

/// <summary>
/// The members that move now, and the power that they move by: all of them where no node names a supply; else those
/// without power go to sleep before others that have it again wake. A plan goes one way at a time.
/// </summary>
/// <param name="Input">With these members and this power only.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Reason">Why.</param>
internal sealed record DomainPart(PlanInput Input, Direction Direction, string Reason)
{
    /// <param name="input">What is known and asked of all.</param>
    /// <param name="direction">Which way the whole goes.</param>
    /// <param name="reason">Why.</param>
    public static DomainPart Of(PlanInput input, Direction direction, string reason)
    {
        if (input.Domains is not { } domains)
            return new DomainPart(input, direction, reason);
        var ways = input.Members.ToLookup(domains.WayOf);
        var others = input with { Members = [.. ways[Direction.Up]] };
        var wakes = direction == Direction.Up && IsRemembered(others);
        if (ways[Direction.Down].Any() && domains.Failing is { } failing)
        {
            var without = new DomainPart(
                input with
                {
                    Members = [.. ways[Direction.Down]],
                    Power = failing,
                },
                Direction.Down,
                failing.Verdict.Reason
            );
            if (!wakes || without.IsUnfinished())
                return without;
        }
        return wakes || !IsRemembered(input) ? new DomainPart(others, direction, reason)
            : ways[Direction.None].FirstOrDefault(m => m.Scaler.Baseline is not null) is { } waits
                ? new DomainPart(others, Direction.None, domains.WhyOf(waits) ?? reason)
            : new DomainPart(others, direction, reason);
    }

    /// <summary>Which way a member goes, and why, when this part moves.</summary>
    /// <param name="member">Which.</param>
    /// <param name="whole">Which way the whole goes, and why.</param>
    public (Direction Direction, string Reason) Of(Member member, (Direction Direction, string Reason) whole) =>
        Input.Domains is not { } domains
            ? (Direction, Reason)
            : domains.WayOf(member) switch
            {
                Direction.Up => whole,
                Direction.Down => (Direction.Down, domains.Failing?.Verdict.Reason ?? Reason),
                _ => (Direction.None, domains.WhyOf(member) ?? Reason),
            };

    private static bool IsRemembered(PlanInput input) => input.Members.Any(m => m.Scaler.Baseline is not null);

    /// <summary>Something of it is still to be asked, or is waited for since it was.</summary>
    private bool IsUnfinished()
    {
        var goesOn = Input.Progress.Direction == Direction.Down;
        var turn = SleepWaves.Of(
            Input,
            goesOn
                ? Input.Progress
                : Input.Progress with
                {
                    Direction = Direction.Down,
                    TurnedAt = Input.Now,
                    Waves = [],
                },
            Input.Power.Verdict.Urgent
        );
        return turn.Steps.Exists(step => step.Captures.Count > 0) || (goesOn && turn.Moving.Count > 0);
    }
}
