using Ebb.Core.Tests.Planning;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Core.Tests.GitOps;

/// <summary>What applies workloads from Git, and when it is held back for them.</summary>
public sealed class OwnersInWavesSpecs
{
    [Fact]
    public void An_owner_is_suspended_before_its_first_workload_sleeps_and_resumed_after_its_last_is_awake()
    {
        var cluster = new FakeCluster()
            .With("web", 1, 3, start: 4)
            .With("api", 2, 2)
            .With("db", 3, 1)
            .WithOwner("apps", "web", "api");
        cluster.Run(20, "OL").Run(60, "OB");
        Assert.Equal(
            ["apps capture 1", "apps suspend True", "web capture 3", "web scale 0", "api capture 3", "api scale 0"],
            What(cluster).Take(6)
        );
        cluster.Writes.Clear();
        cluster.Run(120, "OL");
        Assert.Equal(Phase.Normal, cluster.Plan.Phase);
        Assert.Equal(["web scale 3", "apps suspend False", "web release", "apps release"], What(cluster).TakeLast(4));
        Assert.False(cluster.SuspendedOf("apps"));
    }

    [Fact]
    public void An_owner_that_somebody_suspended_before_is_not_touched_and_holds_nothing_up()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web");
        cluster.Suspend("apps", true);
        cluster.Run(20, "OL").Run(60, "OB").Run(120, "OL");
        Assert.DoesNotContain(cluster.Writes, write => write.Contains("apps", StringComparison.Ordinal));
        Assert.Equal((3, true), (cluster.ReplicasOf("web"), cluster.SuspendedOf("apps")));
    }

    [Fact]
    public void An_owner_that_applies_only_what_does_not_sleep_is_left_alone()
    {
        var cluster = new FakeCluster().With("web", 1, 1).With("data", 1, 1, deletes: true).WithOwner("apps", "data");
        cluster.Run(20, "OL").Run(60, "OB");
        Assert.False(cluster.SuspendedOf("apps"));
        Assert.Equal(0, cluster.ReplicasOf("web"));
    }

    [Fact]
    public void An_owner_waits_for_the_stage_of_its_workloads()
    {
        var cluster = new FakeCluster()
            .With("web", 1, 1, stage: view => view with { OnBatteryFor = "2min" })
            .WithOwner("apps", "web");
        cluster.Run(20, "OL").Run(60, "OB");
        Assert.False(cluster.SuspendedOf("apps"));
        cluster.Run(90, "OB");
        Assert.Equal((true, 0), (cluster.SuspendedOf("apps"), cluster.ReplicasOf("web")));
    }

    [Fact]
    public void An_owner_that_cannot_be_suspended_does_not_keep_its_workloads_awake_for_long()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web");
        cluster.Refusals["apps"] = "Forbidden: patch kustomizations";
        cluster.Run(20, "OL").Run(20, "OB");
        Assert.Equal(0, cluster.ReplicasOf("web"));
        Assert.Equal(WorkloadPhase.Refused, cluster.StateOf("apps").Phase);
        cluster.Refusals.Clear();
        cluster.Run(120, "OL");
        Assert.Equal((Phase.Normal, 3), (cluster.Plan.Phase, cluster.ReplicasOf("web")));
    }

    [Fact]
    public void One_that_somebody_resumes_again_and_again_is_told_and_suspended_again_after_pauses_that_grow()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web");
        cluster.Run(20, "OL").Run(30, "OB");
        var from = cluster.Writes.Count;
        cluster.Run(300, "OB", each: _ => cluster.Suspend("apps", false));
        var asked = cluster
            .Writes.Skip(from)
            .Where(write => write.EndsWith("apps suspend True", StringComparison.Ordinal))
            .Select(write => double.Parse(write.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        var pauses = asked.Zip(asked.Skip(1), (one, next) => next - one).ToList();
        Assert.Equal([1, 5, 10, 20, 40, 60], pauses.Take(6));
        Assert.Equal("somebody", cluster.StateOf("apps").ChangedBy);
        Assert.Contains("undone by others: kustomization shop/apps", cluster.Plan.Reason, StringComparison.Ordinal);
        cluster.Run(120, "OL");
        Assert.Equal((Phase.Normal, false), (cluster.Plan.Phase, cluster.SuspendedOf("apps")));
    }

    [Fact]
    public void One_that_was_deleted_in_mid_outage_is_forgotten_at_the_return()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web");
        cluster.Run(20, "OL").Run(30, "OB");
        cluster.Delete("apps");
        cluster.Run(10, "OB").Run(120, "OL");
        Assert.Equal((Phase.Normal, 3), (cluster.Plan.Phase, cluster.ReplicasOf("web")));
        Assert.Null(cluster.BaselineOf("apps"));
    }

    [Fact]
    public void One_that_was_made_anew_in_mid_outage_is_suspended_too_and_resumed()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web");
        cluster.Run(20, "OL").Run(30, "OB");
        cluster.MakeAnew("apps", 0);
        cluster.Suspend("apps", false);
        cluster.Run(5, "OB");
        Assert.True(cluster.SuspendedOf("apps"));
        cluster.Run(120, "OL");
        Assert.Equal((Phase.Normal, false), (cluster.Plan.Phase, cluster.SuspendedOf("apps")));
    }

    [Fact]
    public void One_that_applies_a_workload_and_another_owner_is_held_back_before_both_and_let_go_after_both()
    {
        var cluster = new FakeCluster()
            .With("web", 1, 4)
            .With("git", 3, 2)
            .WithOwner("apps", "web")
            .WithOwner("root", "apps", "git");
        cluster.Run(20, "OL").Run(60, "OB");
        Assert.Equal(["root suspend True", "apps suspend True", "web scale 0", "git scale 0"], Changes(cluster));
        cluster.Writes.Clear();
        cluster.Run(120, "OL");
        Assert.Equal(["git scale 3", "web scale 3", "apps suspend False", "root suspend False"], Changes(cluster));
    }

    [Fact]
    public void What_applies_an_owner_that_states_its_suspend_is_suspended_before_it_and_resumed_after_it()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web").WithOwner("root", "apps");
        cluster.Run(20, "OL").Run(30, "OB");
        Assert.Equal(["root suspend True", "apps suspend True", "web scale 0"], Changes(cluster));
        cluster.Writes.Clear();
        cluster.Run(120, "OL");
        Assert.Equal(["web scale 3", "apps suspend False", "root suspend False"], Changes(cluster));
    }

    [Fact]
    public void Owners_that_apply_one_another_hold_nothing_up()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web").WithOwner("root", "apps");
        cluster.WithOwner("third").WithOwner("unused");
        cluster.Apply("root", "apps");
        cluster.Run(20, "OL").Run(30, "OB");
        Assert.Equal(
            (0, true, true),
            (cluster.ReplicasOf("web"), cluster.SuspendedOf("apps"), cluster.SuspendedOf("root"))
        );
        cluster.Run(120, "OL");
        Assert.Equal(Phase.Normal, cluster.Plan.Phase);
    }

    [Fact]
    public void A_workload_that_never_gets_ready_does_not_keep_its_owner_suspended_for_ever()
    {
        var cluster = new FakeCluster().With("web", 1, 1).WithOwner("apps", "web");
        cluster.Run(20, "OL").Run(30, "OB");
        cluster.Crash("web", 0);
        cluster.Run(90 + cluster.Settings.WaveTimeout.TotalSeconds, "OL");
        Assert.False(cluster.SuspendedOf("apps"));
        Assert.Null(cluster.BaselineOf("apps"));
    }

    private static IEnumerable<string> What(FakeCluster cluster) =>
        cluster.Writes.Select(write => write[(write.IndexOf(' ', StringComparison.Ordinal) + 1)..]);

    private static IEnumerable<string> Changes(FakeCluster cluster) =>
        What(cluster)
            .Where(what =>
                what.Contains(" suspend ", StringComparison.Ordinal)
                || what.Contains(" scale ", StringComparison.Ordinal)
            );
}
