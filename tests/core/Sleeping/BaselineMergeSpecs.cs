using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Tests.Sleeping;

/// <summary>One record of what an object was, whoever changes it and in whatever order.</summary>
public sealed class BaselineMergeSpecs
{
    private static readonly Instant Monday = Instant.FromUtc(2026, 1, 12, 8, 0);
    private static readonly Instant Friday = Instant.FromUtc(2026, 1, 16, 8, 0);

    [Fact]
    public void What_nobody_holds_is_recorded_as_it_is() =>
        Assert.Equal(
            new Baseline("uid", Friday, Replicas: 8),
            Merged(BaselineSource.Power, "deployment", new("uid", Monday, Replicas: 5), [], new("uid", Friday, 8))
        );

    public static TheoryData<BaselineSource, BaselineSource> Each =>
        new()
        {
            { BaselineSource.Schedule, BaselineSource.Override },
            { BaselineSource.Schedule, BaselineSource.Power },
            { BaselineSource.Override, BaselineSource.Power },
            { BaselineSource.Power, BaselineSource.Override },
            { BaselineSource.Power, BaselineSource.Schedule },
        };

    [Theory]
    [MemberData(nameof(Each))]
    public void A_size_that_a_holder_has_changed_stays_as_it_was_recorded(
        BaselineSource holder,
        BaselineSource joining
    ) =>
        Assert.Equal(
            5,
            Merged(
                joining,
                "deployment",
                new("uid", Monday, Replicas: 5),
                [holder],
                new("uid", Friday, Replicas: 8)
            ).Replicas
        );

    [Theory]
    [MemberData(nameof(Each))]
    public void So_does_whether_it_was_suspended(BaselineSource holder, BaselineSource joining)
    {
        var merged = Merged(
            joining,
            "cronjob",
            new("uid", Monday, Suspended: false, SuspendStated: false),
            [holder],
            new("uid", Friday, Suspended: true, SuspendStated: true)
        );
        Assert.Equal((false, false, Monday), (merged.Suspended, merged.SuspendStated, merged.CapturedAt!.Value));
    }

    /// <summary>None is ready of a database that a holder has asleep, and all are waited for once it wakes.</summary>
    [Theory]
    [InlineData(BaselineSource.Schedule, "cluster")]
    [InlineData(BaselineSource.Override, "cluster")]
    [InlineData(BaselineSource.Override, "example.com/v1/Queue")]
    public void How_many_were_ready_of_what_has_no_size_stays_as_it_was_recorded(BaselineSource holder, string type) =>
        Assert.Equal(
            2,
            Merged(
                BaselineSource.Power,
                type,
                new("uid", Monday, Suspended: false, Ready: 2),
                [holder],
                new("uid", Friday, Suspended: true, Ready: 0)
            ).Ready
        );

    /// <summary>The clock held the bounds of the ScaledObject all week; KEDA has sized it since.</summary>
    [Fact]
    public void A_size_that_KEDA_sets_is_recorded_anew_at_each_outage()
    {
        var merged = Merged(
            BaselineSource.Power,
            "scaledobject",
            new("uid", Monday, Replicas: 2, Annotations: [new("paused", null)], Bounds: Of("ScaledObject")),
            [BaselineSource.Schedule],
            new("uid", Friday, Replicas: 7, Annotations: [new("paused", "0")], ScaledObject: "queue", Ready: 7)
        );
        Assert.Equal((7, 7, "queue"), (merged.Replicas!.Value, merged.Ready!.Value, merged.ScaledObject));
        Assert.Equal(Of("ScaledObject"), merged.Bounds);
        Assert.Null(merged.Annotation("paused"));
    }

    [Fact]
    public void The_clock_records_the_bounds_and_not_what_power_has_made_of_the_pause()
    {
        var merged = Merged(
            BaselineSource.Schedule,
            "scaledobject",
            new("uid", Monday, Replicas: 7, Annotations: [new("paused", "2")], ScaledObject: "queue"),
            [BaselineSource.Power],
            new("uid", Friday, Annotations: [new("paused", "0")], Bounds: Of("ScaledObject"))
        );
        Assert.Equal(("2", 7), (merged.Annotation("paused"), merged.Replicas!.Value));
        Assert.Equal(Of("ScaledObject"), merged.Bounds);
    }

    /// <summary>An HPA that came while only the clock had changed the size was changed by nobody yet.</summary>
    [Fact]
    public void Bounds_that_came_since_are_recorded_when_somebody_who_changes_them_takes_hold() =>
        Assert.Equal(
            Of("HorizontalPodAutoscaler"),
            Merged(
                BaselineSource.Override,
                "deployment",
                new("uid", Monday, Replicas: 5),
                [BaselineSource.Schedule],
                new("uid", Friday, Replicas: 0, Bounds: Of("HorizontalPodAutoscaler"))
            ).Bounds
        );

    [Theory]
    [InlineData(8, 8, null)]
    [InlineData(8, 6, 6)]
    [InlineData(8, null, null)]
    public void What_was_whole_at_the_size_of_now_is_waited_for_whole_at_any_size(
        int size,
        int? ready,
        int? recorded
    ) =>
        Assert.Equal(
            recorded,
            Merged(
                BaselineSource.Power,
                "deployment",
                new("uid", Monday, Replicas: 5),
                [BaselineSource.Schedule],
                new("uid", Friday, Replicas: size, Ready: ready)
            ).Ready
        );

    [Fact]
    public void How_much_was_ready_is_of_this_outage_and_not_of_the_one_before() =>
        Assert.Equal(
            3,
            Merged(
                BaselineSource.Power,
                "deployment",
                new("uid", Monday, Replicas: 5, Ready: 1),
                [BaselineSource.Override],
                new("uid", Friday, Replicas: 4, Ready: 3)
            ).Ready
        );

    private static AutoscalerView Of(string kind) => new(new ObjectRef("v1", kind, "shop", "web"), "uid", 1, 9);

    private static Baseline Merged(
        BaselineSource joining,
        string type,
        Baseline recorded,
        IReadOnlyList<BaselineSource> holders,
        Baseline present
    ) => BaselineMerge.Of(new BaselineKey(joining, type, "shop", "web"), recorded, holders, present);
}
