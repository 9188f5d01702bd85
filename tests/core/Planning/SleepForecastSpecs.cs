using Ebb.Core.Outages;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

public class SleepForecastSpecs
{
    private static readonly IReadOnlyList<Member> Members = UpsScalerValidation.Of(
        [Scaler("web", 1), Scaler("api", 1), Scaler("cache", 2), Scaler("pod", 3, type: "pod")],
        []
    );

    [Fact]
    public void Nothing_learned_is_nothing_known() => Assert.Null(AtLeast(DurationHistory.Nothing));

    [Fact]
    public void What_was_learned_of_others_says_nothing_of_these() =>
        Assert.Null(AtLeast(Knowing(("deployment shop/gone", 30))));

    [Fact]
    public void A_wave_takes_as_long_as_its_slowest_and_waves_follow_one_another() =>
        Assert.Equal(
            Duration.FromSeconds(70),
            AtLeast(Knowing(("deployment shop/web", 10), ("deployment shop/api", 40), ("deployment shop/cache", 30)))
        );

    [Fact]
    public void A_workload_that_was_never_seen_takes_nothing_off_what_the_others_take() =>
        Assert.Equal(
            Duration.FromSeconds(40),
            AtLeast(Knowing(("deployment shop/web", 10), ("deployment shop/cache", 30)))
        );

    [Fact]
    public void What_is_refused_is_not_put_to_sleep_and_takes_no_time() =>
        Assert.Null(AtLeast(Knowing(("pod shop/pod", 100))));

    [Fact]
    public void What_costs_most_is_what_its_wave_would_be_shorter_without() =>
        Assert.Equal(
            ("deployment shop/cache", Duration.FromSeconds(30)),
            SleepForecast
                .Of(
                    Members,
                    Knowing(("deployment shop/web", 50), ("deployment shop/api", 45), ("deployment shop/cache", 30))
                )
                .Costliest
        );

    private static Duration? AtLeast(DurationHistory learned) => SleepForecast.Of(Members, learned).AtLeast;

    private static DurationHistory Knowing(params (string Name, double Seconds)[] seen) =>
        new(seen.ToDictionary(s => s.Name, s => new WorkloadDurations([s.Seconds], [])), "1");

    private static UpsScalerView Scaler(string name, int down, string type = "deployment") =>
        new()
        {
            Ref = new ObjectRef("ups-scaler.io/v1alpha1", "UpsScaler", "shop", name),
            Uid = name,
            ResourceVersion = "1",
            Type = type,
            TargetNamespace = "shop",
            TargetName = name,
            ShutdownPriority = down,
            ScaleUpPriority = 1,
            Target = new WorkloadLookup.Found(
                new WorkloadView
                {
                    Ref = new ObjectRef("apps/v1", "Deployment", "shop", name),
                    Uid = name,
                    ResourceVersion = "1",
                    Replicas = 1,
                }
            ),
        };
}
