using Ebb.Core.Overrides;

namespace Ebb.Core.Tests.Overrides;

/// <summary>Which of several overrides of one workload counts.</summary>
public sealed class CountedOverridesSpecs
{
    private static StoredOverride Stored(string name, double at, OverrideState? state = null) =>
        new(
            new Override
            {
                Kind = "cronjob",
                Namespace = "shop",
                Name = "nightly",
                Effect = OverrideEffect.Asleep,
                Reason = "repair",
                At = At.Second(at),
                Until = At.Second(9000),
            },
            "shop",
            name,
            name,
            "1",
            1,
            false,
            state is { } known ? new OverrideStatus(known, "", null) : null
        );

    private static (string Counted, string Why) Of(params StoredOverride[] all)
    {
        var (counted, refused) = StoredOverride.Count(all, [], At.Second(60));
        return (Assert.Single(counted).Value.Name, string.Join("; ", refused.Values));
    }

    [Fact]
    public void The_oldest_counts() =>
        Assert.Equal(
            ("a", "cronjob shop/nightly is overridden by shop/a, which is older"),
            Of(Stored("b", at: 2), Stored("a", at: 1, OverrideState.Holds))
        );

    // Seven replicas of a CronJob, for example: it held nothing, and kept a right one from counting.
    [Fact]
    public void One_that_cannot_be_held_keeps_none_from_counting() =>
        Assert.Equal(
            ("b", "cronjob shop/nightly is overridden by shop/b, which can be held"),
            Of(Stored("b", at: 2), Stored("a", at: 1, OverrideState.Refused))
        );

    [Fact]
    public void One_that_was_refused_because_of_another_counts_when_that_is_gone() =>
        Assert.Equal(("b", ""), Of(Stored("b", at: 2, OverrideState.Refused)));
}
