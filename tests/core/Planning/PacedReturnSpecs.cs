using Ebb.Core.Power;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.Planning;

/// <summary>How fast things come back.</summary>
public sealed class PacedReturnSpecs
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void No_more_workloads_start_at_once_than_the_setting_says(int most)
    {
        var cluster = Many(new PowerSettings { WakeAtOnce = most }, 7);
        cluster.Run(20, "OL").Run(60, "OB");
        Assert.All(cluster.Workloads, w => Assert.Equal(0, w.Replicas));
        var peak = 0;
        cluster.Run(
            200,
            "OL",
            each: _ =>
                peak = Math.Max(
                    peak,
                    cluster.Workloads.Count(w => w.Replicas > 0 && cluster.BaselineOf(w.Name) is not null)
                )
        );
        // Its larger wave has four.
        Assert.Equal((Phase.Normal, Math.Min(most, 4)), (cluster.Plan.Phase, peak));
    }

    [Fact]
    public void Without_the_setting_each_wave_starts_at_once()
    {
        var cluster = Many(new PowerSettings(), 7);
        cluster.Run(20, "OL").Run(60, "OB");
        cluster.Writes.Clear();
        cluster.Run(100, "OL");
        Assert.Equal(2, Seconds(cluster, " scale 3").Count());
    }

    [Fact]
    public void A_wave_that_is_paced_is_waited_for_from_when_the_last_of_it_was_asked()
    {
        var settings = new PowerSettings { WakeAtOnce = 1, WaveTimeout = Duration.FromSeconds(30) };
        var cluster = new FakeCluster(settings);
        for (var i = 0; i < 5; i++)
            cluster.With($"w{i}", 1, 1, start: 20);
        cluster.With("last", 2, 2);
        cluster.Run(20, "OL").Run(60, "OB").Run(300, "OL");
        Assert.Equal(Phase.Normal, cluster.Plan.Phase);
        Assert.EndsWith("last release", cluster.Writes[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Report!.Workloads, w => w.Late);
    }

    [Fact]
    public void One_that_never_gets_ready_gives_its_place_to_the_next_when_its_time_is_over()
    {
        var settings = new PowerSettings { WakeAtOnce = 1, WaveTimeout = Duration.FromSeconds(30) };
        var cluster = Many(settings, 3);
        cluster.Run(20, "OL").Run(60, "OB");
        cluster.Crash("w0", 0);
        cluster.Run(200, "OL");
        Assert.Equal(Phase.Normal, cluster.Plan.Phase);
        Assert.All(cluster.Workloads, w => Assert.Equal(3, w.Replicas));
    }

    [Fact]
    public void Another_leader_in_mid_return_does_not_start_more_at_once()
    {
        var cluster = Many(new PowerSettings { WakeAtOnce = 2 }, 6);
        cluster.Run(20, "OL").Run(60, "OB");
        var peak = 0;
        cluster.Run(
            200,
            "OL",
            each: second =>
            {
                if (second % 7 == 0)
                    cluster.Restart();
                peak = Math.Max(
                    peak,
                    cluster.Workloads.Count(w => w.Replicas > 0 && cluster.BaselineOf(w.Name) is not null)
                );
            }
        );
        Assert.Equal((Phase.Normal, 2), (cluster.Plan.Phase, peak));
    }

    /// <summary>One that finds what the one before has stored, in a wave that has lasted longer than one waits.</summary>
    [Fact]
    public void Another_leader_knows_who_is_starting_and_since_when()
    {
        var cluster = new FakeCluster(new PowerSettings { WakeAtOnce = 2, WaveTimeout = Duration.FromSeconds(60) });
        for (var i = 0; i < 12; i++)
            cluster.With($"w{i:00}", 1, 1, start: 20);
        cluster.Run(20, "OL").Run(60, "OB");
        var (peak, taken) = (0, false);
        cluster.Run(
            600,
            "OL",
            each: _ =>
            {
                if (!taken && cluster.Workloads.Count(w => w.Replicas > 0) == 8 && (taken = true))
                    cluster.TakeOver(cluster.Progress);
                peak = Math.Max(
                    peak,
                    cluster.Workloads.Count(w => w.Replicas > 0 && cluster.BaselineOf(w.Name) is not null)
                );
            }
        );
        Assert.Equal((Phase.Normal, true, 2), (cluster.Plan.Phase, taken, peak));
        Assert.DoesNotContain(cluster.Report!.Workloads, w => w.Late || w.OverdueAt is not null);
    }

    [Fact]
    public void Another_leader_waits_for_the_server_of_a_webhook_from_when_it_was_asked()
    {
        var cluster = new FakeCluster(new PowerSettings { WaveTimeout = Duration.FromSeconds(300) })
            .With("server", 1, 5, start: 60)
            .With("db", 1, 1);
        cluster.Run(20, "OL").Run(600, "OB");
        cluster.Guard("db", "server");
        double? asked = null;
        cluster.Run(
            900,
            "OL",
            each: second =>
            {
                if (cluster.ReplicasOf("server") > 0)
                    asked ??= second;
                if (second == asked + 10)
                    cluster.TakeOver(cluster.Progress);
            }
        );
        Assert.NotNull(asked);
        Assert.Equal(Phase.Normal, cluster.Plan.Phase);
        Assert.DoesNotContain(cluster.Report!.Workloads, w => w.Late || w.OverdueAt is not null);
    }

    /// <param name="every">Seconds after which somebody puts it back to sleep, each time.</param>
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(15)]
    [InlineData(60)]
    public void What_somebody_undoes_for_ever_takes_its_place_once(int every)
    {
        var cluster = new FakeCluster(new PowerSettings { WakeAtOnce = 1, WaveTimeout = Duration.FromSeconds(60) });
        cluster.With("w0", 1, 1).With("w1", 1, 1).With("next", 1, 2);
        cluster.Run(20, "OL").Run(60, "OB");
        cluster.Crash("w0", 0);
        cluster.Run(
            600,
            "OL",
            each: second =>
            {
                if (second % every == 0)
                    cluster.Scale("w0", 0, by: "kube-downscaler");
            }
        );
        Assert.Equal((3, 3), (cluster.ReplicasOf("w1"), cluster.ReplicasOf("next")));
    }

    [Fact]
    public void As_many_as_there_are_places_that_somebody_undoes_hold_nobody_else()
    {
        var cluster = new FakeCluster { Nodes = [new NodeView("n1", true, true)] };
        for (var i = 0; i < 10; i++)
            cluster.With($"night{i}", 1, 1);
        cluster.With("other", 1, 1).With("next", 1, 2);
        cluster.Run(20, "OL").Run(60, "OB");
        for (var i = 0; i < 10; i++)
            cluster.Crash($"night{i}", 0);
        cluster.Run(
            1800,
            "OL",
            each: second =>
            {
                for (var i = 0; i < 10 && second % 60 == 0; i++)
                    cluster.Scale($"night{i}", 0, by: "kube-downscaler");
            }
        );
        Assert.Equal((3, 3), (cluster.ReplicasOf("other"), cluster.ReplicasOf("next")));
    }

    /// <param name="replicas">Of the StatefulSet.</param>
    /// <param name="ready">How many of them become ready.</param>
    /// <param name="all">Whether all are asked for.</param>
    /// <param name="goesOn">Whether the next wave starts before its time is over.</param>
    [Theory]
    [InlineData(3, 2, false, true)]
    [InlineData(3, 1, false, false)]
    [InlineData(5, 3, false, true)]
    [InlineData(5, 2, false, false)]
    // Two of two is the only majority that two have.
    [InlineData(2, 1, false, false)]
    [InlineData(3, 2, true, false)]
    public void The_majority_of_a_StatefulSet_of_three_or_more_lets_the_next_wave_start(
        int replicas,
        int ready,
        bool all,
        bool goesOn
    )
    {
        var settings = new PowerSettings { WakeReady = all ? WakeReady.All : WakeReady.Majority };
        var cluster = new FakeCluster(settings)
            .With("etcd", 2, 1, replicas: replicas, type: "statefulset")
            .With("web", 1, 2);
        cluster.Run(20, "OL").Run(60, "OB");
        cluster.Crash("etcd", ready);
        cluster.Run(100, "OL");
        Assert.Equal(goesOn ? 3 : 0, cluster.ReplicasOf("web"));
        // It is waited for whole before it is its own again.
        Assert.NotNull(cluster.BaselineOf("etcd"));
    }

    [Fact]
    public void CronJobs_are_resumed_one_after_the_other_and_those_that_were_suspended_stay_so()
    {
        var cluster = new FakeCluster();
        for (var i = 0; i < 4; i++)
            cluster.WithCronJob($"job{i}", 1, 1, suspended: i == 2);
        cluster.Run(20, "OL").Run(60, "OB");
        cluster.Writes.Clear();
        cluster.Run(100, "OL");
        var resumed = Seconds(cluster, " suspend False").ToList();
        Assert.Equal([0, 2, 6], resumed.Select(second => second - resumed[0]));
        Assert.Equal((Phase.Normal, true), (cluster.Plan.Phase, cluster.SuspendedOf("job2")));
    }

    [Fact]
    public void However_many_CronJobs_there_are_the_last_is_resumed_within_a_minute()
    {
        var cluster = new FakeCluster();
        for (var i = 0; i < 200; i++)
            cluster.WithCronJob($"job{i:000}", 1, 1, suspended: false);
        cluster.Run(20, "OL").Run(60, "OB");
        cluster.Writes.Clear();
        cluster.Run(140, "OL");
        var resumed = Seconds(cluster, " suspend False").ToList();
        Assert.Equal(200, cluster.Writes.Count(w => w.EndsWith(" suspend False", StringComparison.Ordinal)));
        Assert.InRange(resumed[^1] - resumed[0], 50, 60);
    }

    private static FakeCluster Many(PowerSettings settings, int count)
    {
        var cluster = new FakeCluster(settings);
        for (var i = 0; i < count; i++)
            cluster.With($"w{i}", 1, 1 + (i % 2));
        return cluster;
    }

    private static IEnumerable<double> Seconds(FakeCluster cluster, string what) =>
        cluster
            .Writes.Where(write => write.EndsWith(what, StringComparison.Ordinal))
            .Select(write => double.Parse(write.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))
            .Distinct();
}
