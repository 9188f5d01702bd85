using Ebb.Core.Overrides;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Overrides;

/// <summary>What a workload wakes to that is overridden, or was when power put it to sleep.</summary>
public sealed class OverriddenWakingSpecs
{
    private static readonly Instant Now = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static readonly SizeAtWaking Scheduled = new(8, "Schedule busy");

    /// <summary>Power put it to sleep at 3, which an override had made of 5.</summary>
    private static readonly Baseline Asleep = new("uid", Now, Replicas: 3);

    [Fact]
    public void Whom_nobody_overrides_wakes_to_what_the_clock_asks_or_its_baseline()
    {
        Assert.Same(Scheduled, AtWaking([], [], Scheduled));
        Assert.Null(AtWaking([], [], null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OverrideState.Waits)]
    [InlineData(OverrideState.Holds)]
    public void What_is_overridden_wakes_to_its_baseline_whatever_the_clock_asks(OverrideState? state) =>
        Assert.Null(AtWaking([Asked(state)], [Before()], Scheduled));

    [Fact]
    public void So_does_what_is_overridden_under_the_name_of_the_ScaledObject_that_scales_it() =>
        Assert.Null(
            AtWaking(
                [Asked(null, "scaledobject", "web-scaler")],
                [],
                Scheduled,
                Asleep with
                {
                    ScaledObject = "web-scaler",
                }
            )
        );

    [Fact]
    public void An_override_that_is_refused_holds_nothing() =>
        Assert.Same(Scheduled, AtWaking([Asked(OverrideState.Refused)], [], Scheduled));

    [Fact]
    public void Where_it_has_ended_the_workload_wakes_to_what_it_was_before_or_what_the_clock_asks_then()
    {
        var ended = Asked(OverrideState.Holds, until: Now);
        Assert.Equal(
            new SizeAtWaking(5, "its override has ended") { IsScheduled = false },
            AtWaking([ended], [Before()], null)
        );
        Assert.Same(Scheduled, AtWaking([ended], [Before()], Scheduled));
    }

    public static TheoryData<string, Baseline, StoredBaseline> NotItsOwn =>
        new()
        {
            { "somebody else made it 3", Asleep, Before(asked: 4) },
            { "it is another workload", Asleep, Before() with { Before = new Baseline("other", Now, Replicas: 5) } },
            { "KEDA scales it", Asleep with { ScaledObject = "web" }, Before() },
            {
                "an HPA scales it",
                Asleep,
                Before() with
                {
                    Before = new Baseline(
                        "uid",
                        Now,
                        Replicas: 5,
                        Bounds: new AutoscalerView(
                            new ObjectRef("autoscaling/v2", "HorizontalPodAutoscaler", "shop", "web"),
                            "hpa",
                            1,
                            9
                        )
                    ),
                }
            },
            { "somebody deleted what is known of it", Asleep, Before() with { IsDeleted = true } },
        };

    [Theory]
    [MemberData(nameof(NotItsOwn))]
    public void What_the_override_did_not_make_is_kept(string why, Baseline asleep, StoredBaseline before) =>
        Assert.True(AtWaking([], [before], null, asleep) is null, why);

    [Fact]
    public void The_answer_holds_until_the_next_override_ends()
    {
        var waking = new OverriddenWaking(
            Cluster(
                [
                    Asked(null, until: Now + Duration.FromMinutes(9)),
                    Asked(null, name: "api", until: Now + Duration.FromMinutes(4)),
                ],
                []
            ),
            [],
            Now
        );
        Assert.Equal(Now + Duration.FromMinutes(4), waking.Until);
        Assert.Null(new OverriddenWaking(Cluster([], []), [], Now).Until);
    }

    private static SizeAtWaking? AtWaking(
        IReadOnlyList<StoredOverride> overrides,
        IReadOnlyList<StoredBaseline> before,
        SizeAtWaking? clock,
        Baseline? asleep = null
    ) =>
        new OverriddenWaking(Cluster(overrides, before), [], Now).Of(
            WorkloadType.Named("deployment")!,
            new UpsScalerView
            {
                Ref = new ObjectRef("hsdp.io/v1", "UpsScaler", "shop", "web"),
                Uid = "scaler",
                ResourceVersion = "1",
                TargetNamespace = "shop",
                TargetName = "web",
                Target = new WorkloadLookup.Unknown("not read"),
                Baseline = asleep ?? Asleep,
            },
            clock
        );

    private static ClusterView Cluster(IReadOnlyList<StoredOverride> overrides, IReadOnlyList<StoredBaseline> before) =>
        ClusterView.Nothing with
        {
            Overrides = overrides,
            OverrideBaselines = before,
        };

    private static StoredBaseline Before(int asked = 3) =>
        new(
            new OverrideKey("deployment", "shop", "web").Baseline,
            new Baseline("uid", Now, Replicas: 5),
            new BaselineNotes([asked], null),
            new ObjectRef("ebb.dev/v1alpha1", "Baseline", "ebb-system", "override.shop.deployment.web"),
            "b",
            "1"
        );

    private static StoredOverride Asked(
        OverrideState? state,
        string kind = "deployment",
        string name = "web",
        Instant? until = null
    ) =>
        new(
            new Override
            {
                Kind = kind,
                Namespace = "shop",
                Name = name,
                Effect = OverrideEffect.Replicas,
                Replicas = 3,
                Reason = "load test",
                At = Now - Duration.FromHours(1),
                Until = until ?? Now + Duration.FromHours(1),
            },
            "shop",
            name,
            name,
            "1",
            1,
            ByEbb: true,
            state is { } there ? new OverrideStatus(there, "", null) : null
        );
}
