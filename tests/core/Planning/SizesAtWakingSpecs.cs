using Ebb.Core.Claims;
using Ebb.Core.Overrides;
using Ebb.Core.Time.Sizing;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Planning;

/// <summary>What a workload wakes to that is overridden, or was when power put it to sleep.</summary>
public sealed class SizesAtWakingSpecs
{
    private static readonly Instant Now = Instant.FromUtc(2026, 1, 15, 12, 0);
    private static readonly SizeAtWaking Scheduled = new(8, "Schedule busy");

    private static readonly Baseline Asleep = new("uid", Now, Replicas: 5);

    private static readonly SizeAtWaking Held = new(3, "load test") { Source = ClaimSource.Override };

    [Fact]
    public void Whom_nobody_overrides_wakes_to_what_the_clock_asks_or_its_baseline()
    {
        Assert.Equal(Scheduled, AtWaking([], Scheduled));
        Assert.Null(AtWaking([], null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OverrideState.Waits)]
    [InlineData(OverrideState.Holds)]
    public void What_a_person_holds_wakes_to_that_size_whatever_the_clock_asks(OverrideState? state) =>
        Assert.Equal(Held, AtWaking([Asked(state)], Scheduled));

    [Fact]
    public void What_KEDA_scales_stays_paused_at_the_size_that_a_person_holds() =>
        Assert.Equal(
            Held with
            {
                StaysPaused = true,
            },
            AtWaking([Asked(null)], Scheduled, Asleep with { ScaledObject = "web-scaler" })
        );

    /// <summary>Whatever is recorded under that name says what it was before.</summary>
    [Fact]
    public void What_is_held_under_the_name_of_its_ScaledObject_wakes_to_what_power_found_whatever_the_clock_asks() =>
        Assert.Null(
            AtWaking(
                [Asked(null, "scaledobject", "web-scaler")],
                Scheduled,
                Asleep with
                {
                    ScaledObject = "web-scaler",
                }
            )
        );

    [Fact]
    public void Before_it_is_recorded_that_a_person_holds_it_it_wakes_to_what_it_was() =>
        Assert.Null(AtWaking([Asked(null)], Scheduled, isHeld: false));

    /// <summary>The clock, which changes nothing of what is frozen, asks for what it had made of it before.</summary>
    [Fact]
    public void What_is_frozen_without_a_number_wakes_to_what_the_clock_had_made_of_it()
    {
        var asked = Asked(null);
        var frozen = asked.Override with { Effect = OverrideEffect.Freeze, Replicas = null };
        Assert.Equal(Scheduled, AtWaking([asked with { Override = frozen }], Scheduled));
        Assert.Null(AtWaking([asked with { Override = frozen }], null));
    }

    [Fact]
    public void Before_it_is_noted_that_a_size_was_asked_it_wakes_to_what_it_was()
    {
        var asked = Asked(null);
        Assert.Null(AtWaking([asked with { Override = asked.Override with { Replicas = 7 } }], Scheduled));
    }

    [Fact]
    public void An_override_that_is_refused_holds_nothing() =>
        Assert.Equal(Scheduled, AtWaking([Asked(OverrideState.Refused)], Scheduled));

    [Fact]
    public void Where_it_has_ended_the_workload_wakes_to_what_it_was_or_what_the_clock_asks_then()
    {
        var ended = Asked(OverrideState.Holds, until: Now);
        Assert.Null(AtWaking([ended], null));
        Assert.Equal(Scheduled, AtWaking([ended], Scheduled));
    }

    [Fact]
    public void The_answer_holds_until_the_next_override_ends()
    {
        var waking = new SizesAtWaking(
            Cluster([
                Asked(null, until: Now + Duration.FromMinutes(9)),
                Asked(null, name: "api", until: Now + Duration.FromMinutes(4)),
            ]),
            ByTheClock(null),
            [],
            Now
        );
        Assert.Equal(Now + Duration.FromMinutes(4), waking.Until);
        Assert.Null(new SizesAtWaking(Cluster([]), ByTheClock(null), [], Now).Until);
    }

    private static SizeAtWaking? AtWaking(
        IReadOnlyList<StoredOverride> overrides,
        SizeAtWaking? clock,
        Baseline? asleep = null,
        bool isHeld = true
    ) =>
        new SizesAtWaking(
            Cluster(overrides) with
            {
                OverrideBaselines = isHeld ? [Hold] : [],
            },
            ByTheClock(clock),
            [],
            Now
        ).Of(
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
            }
        );

    private static Dictionary<WorkloadName, WakingSize> ByTheClock(SizeAtWaking? size) =>
        size is null
            ? []
            : new()
            {
                [new WorkloadName("Deployment", "shop", "web")] = new WakingSize(
                    new WorkloadName("Deployment", "shop", "web"),
                    size.Replicas,
                    size.Cause
                ),
            };

    private static readonly StoredBaseline Hold = new(
        new OverrideKey("deployment", "shop", "web").Baseline,
        Asleep,
        new BaselineNotes([3], null),
        new ObjectRef("ebb.dev/v1alpha1", "Baseline", "ebb-system", "shop.deployment.web"),
        "b",
        "1"
    );

    private static ClusterView Cluster(IReadOnlyList<StoredOverride> overrides) =>
        ClusterView.Nothing with
        {
            Overrides = overrides,
        };

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
