using Ebb.Core.Claims;

namespace Ebb.Core.Tests.Planning;

public class ArbiterSpecs
{
    /// <summary>
    /// Claims as people would write them: <c>power asleep, schedule &gt;=3</c>; what comes out as floor, ceiling and
    /// winner.
    /// </summary>
    [Theory]
    [InlineData("", "any", "any", "nobody")]
    [InlineData("power asleep", "any", "0", "power")]
    [InlineData("power asleep, override =3", "0", "0", "power")]
    [InlineData("power asleep, schedule >=3, capacity <=9", "0", "0", "power")]
    [InlineData("override =3, schedule >=5", "3", "3", "override")]
    [InlineData("override >=4, schedule <=2", "4", "4", "override")]
    [InlineData("schedule >=2, schedule >=5", "5", "any", "schedule")]
    [InlineData("schedule <=9, schedule <=7", "any", "7", "schedule")]
    [InlineData("schedule >=9, schedule <=7", "7", "7", "schedule")]
    [InlineData("schedule >=3, capacity =12", "12", "12", "schedule")]
    [InlineData("schedule <=10, capacity =12", "10", "10", "schedule")]
    [InlineData("override asleep, schedule >=3", "0", "0", "override")]
    public void The_stronger_sets_the_bounds_and_the_weaker_moves_within_them(
        string claims,
        string floor,
        string ceiling,
        string winner
    )
    {
        var decision = Arbiter.Decide(
            [.. claims.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Claim)],
            At.Zero
        );
        Assert.Equal(
            (floor, ceiling, winner),
            (
                decision.Floor?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any",
                decision.Ceiling?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any",
                decision.Winner?.Source.ToString().ToLowerInvariant() ?? "nobody"
            )
        );
    }

    /// <summary>Whoever waits waits for the reason of the claim that won.</summary>
    [Theory]
    [InlineData("", ClaimSource.Override, true)]
    [InlineData("override =3", ClaimSource.Override, true)]
    [InlineData("schedule >=3", ClaimSource.Override, true)]
    [InlineData("power asleep, override =3", ClaimSource.Override, false)]
    [InlineData("power >=0, override =3", ClaimSource.Override, false)]
    [InlineData("power >=0", ClaimSource.Schedule, false)]
    [InlineData("override >=0", ClaimSource.Schedule, false)]
    [InlineData("override >=0, schedule <=2", ClaimSource.Schedule, false)]
    [InlineData("capacity <=2", ClaimSource.Schedule, true)]
    public void A_workload_is_left_to_a_source_while_no_stronger_one_has_a_say(
        string claims,
        ClaimSource source,
        bool isLeft
    ) =>
        Assert.Equal(
            isLeft,
            Arbiter
                .Decide([.. claims.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Claim)], At.Zero)
                .LeavesTo(source)
        );

    [Fact]
    public void Who_does_not_get_what_it_asked_is_named()
    {
        var decision = Arbiter.Decide([Claim("power asleep"), Claim("override =3"), Claim("capacity <=0")], At.Zero);
        Assert.Equal([ClaimSource.Override], decision.Overruled.Select(c => c.Source));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public void A_claim_holds_from_its_start_included_to_its_end_excluded(double at, bool holds) =>
        Assert.Equal(
            holds,
            new Claim(ClaimSource.Schedule, ClaimEffect.AtLeast, 3, "", At.Second(0), At.Second(60)).HoldsAt(
                At.Second(at)
            )
        );

    private static Claim Claim(string text)
    {
        var parts = text.Split(' ');
        var source = Enum.Parse<ClaimSource>(parts[0], ignoreCase: true);
        var value =
            parts[1] == "asleep"
                ? 0
                : int.Parse(parts[1].TrimStart('<', '>', '='), System.Globalization.CultureInfo.InvariantCulture);
        var effect = parts[1] switch
        {
            "asleep" => ClaimEffect.Asleep,
            ['<', ..] => ClaimEffect.AtMost,
            ['>', ..] => ClaimEffect.AtLeast,
            _ => ClaimEffect.Exactly,
        };
        return new Claim(source, effect, value, text);
    }
}
