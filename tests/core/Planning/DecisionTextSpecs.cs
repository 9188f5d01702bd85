using Ebb.Core.Claims;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>Why, who was overruled, what is next and when.</summary>
public class DecisionTextSpecs
{
    private static readonly Instant Now = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static readonly Claim Person = new(
        ClaimSource.Override,
        ClaimEffect.Exactly,
        3,
        "load test",
        null,
        Now + Duration.FromHours(2)
    );
    private static readonly Claim Clock = new(
        ClaimSource.Schedule,
        ClaimEffect.AtMost,
        1,
        "night",
        null,
        Now + Duration.FromHours(8)
    );
    private static readonly Claim Power = new(ClaimSource.Power, ClaimEffect.Asleep, 0, "ups: on battery");
    private static readonly Claim Spare = new(ClaimSource.Capacity, ClaimEffect.AtMost, 5, "5 fit");

    private static readonly Claim Least = new(
        ClaimSource.Schedule,
        ClaimEffect.AtLeast,
        2,
        "work",
        null,
        Now + Duration.FromHours(8),
        "asleep"
    );
    private static readonly Claim Quiet = new(
        ClaimSource.Schedule,
        ClaimEffect.AtLeast,
        0,
        "outside all windows",
        null,
        Now + Duration.FromHours(5),
        "at least 6"
    );
    private static readonly Claim Most = new(
        ClaimSource.Schedule,
        ClaimEffect.AtMost,
        5,
        "work",
        null,
        Now + Duration.FromHours(8),
        "asleep"
    );

    public static TheoryData<Claim[], string> Rows =>
        new()
        {
            { [], "as it wants to be" },
            { [Power], "as it wants to be" },
            { [Person], "exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z, then what it was" },
            {
                [Person, Clock],
                "exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z, then at most 1; overruled: at "
                    + "most 1 asked by a schedule (night) until 2026-01-15T20:00:00Z"
            },
            {
                [Power, Person],
                "as it wants to be; overruled: exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z"
            },
            {
                [Least, Most],
                "at least 2 and at most 5 asked by a schedule (work) until 2026-01-15T20:00:00Z, then asleep"
            },
            {
                [Person, Least, Most with { Value = 2 }],
                "exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z, then at least 2 and at most 2; "
                    + "overruled: at least 2 and at most 2 asked by a schedule (work) until 2026-01-15T20:00:00Z"
            },
            { [Person, Least], "exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z, then at least 2" },
            {
                [Person, Clock with { Until = Now + Duration.FromHours(1) }],
                "exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z, then what the schedule asks by "
                    + "then; overruled: at most 1 asked by a schedule (night) until 2026-01-15T13:00:00Z"
            },
            { [Clock, Spare], "at most 1 asked by a schedule (night) until 2026-01-15T20:00:00Z, then at most 5" },
            { [Quiet], "as it wants to be until 2026-01-15T17:00:00Z, then at least 6" },
            { [Person, Quiet], "exactly 3 asked by a person (load test) until 2026-01-15T14:00:00Z, then what it was" },
            { [Quiet, Spare], "at most 5 asked by spare capacity (5 fit)" },
            { [Spare], "at most 5 asked by spare capacity (5 fit)" },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void One_sentence_says_it_all(Claim[] claims, string expected) =>
        Assert.Equal(expected, DecisionText.Of("as it wants to be", Arbiter.Decide(claims, Now)));
}
