using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Leases;
using Ebb.Nut;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Kube;

public sealed class LeaseSpecs : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private World _world = null!;
    private KubernetesApi _api = null!;
    private LeaseLeadership _one = null!;
    private LeaseLeadership _two = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync("", o => o with { EnforceRbac = false });
        _api = new KubernetesApi(
            Kubeconfig.Read([_world.Kubeconfig], null, _time),
            _time,
            new KubernetesApiOptions { Attempts = 1 }
        );
        _one = new LeaseLeadership(_api, "ebb-system", "ebb", "one");
        _two = new LeaseLeadership(_api, "ebb-system", "ebb", "two");
    }

    public async ValueTask DisposeAsync()
    {
        _one.Dispose();
        _two.Dispose();
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task The_first_takes_it_until_a_second_before_its_duration_is_over_and_the_second_waits()
    {
        await _one.RenewAsync(Token);
        await _two.RenewAsync(Token);
        Assert.Equal(Now + Duration.FromSeconds(14), _one.HeldUntil);
        Assert.Null(_two.HeldUntil);
        Assert.Equal(("one", "one"), (_one.Holder, _two.Holder));
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.Null(_one.HeldUntil);
    }

    [Fact]
    public async Task It_is_taken_only_after_it_was_not_renewed_for_its_whole_duration()
    {
        await _one.RenewAsync(Token);
        await _two.RenewAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(9));
        await _one.RenewAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(6));
        await _two.RenewAsync(Token);
        Assert.Null(_two.HeldUntil);
        _time.Advance(TimeSpan.FromSeconds(14));
        await _two.RenewAsync(Token);
        Assert.Null(_two.HeldUntil);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _two.RenewAsync(Token);
        Assert.NotNull(_two.HeldUntil);
        await _one.RenewAsync(Token);
        Assert.Null(_one.HeldUntil);
        Assert.Equal("two", _one.Holder);
        var lease = _world.Cluster.Store.Get("leases.coordination.k8s.io", "ebb-system", "ebb")!["spec"]!;
        Assert.Equal(1, (int)lease["leaseTransitions"]!);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", (string?)lease["renewTime"]);
    }

    [Fact]
    public async Task It_is_given_back_at_once()
    {
        await _one.RenewAsync(Token);
        await _two.RenewAsync(Token);
        await _one.ReleaseAsync(Token);
        Assert.Null(_one.HeldUntil);
        await _two.RenewAsync(Token);
        Assert.NotNull(_two.HeldUntil);
    }

    [Fact]
    public async Task Only_the_holder_gives_it_back()
    {
        await _one.RenewAsync(Token);
        await _two.ReleaseAsync(Token);
        await _one.RenewAsync(Token);
        Assert.NotNull(_one.HeldUntil);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(86_400)]
    public async Task Setting_the_machines_clock_neither_lengthens_nor_ends_it(int seconds)
    {
        await _one.RenewAsync(Token);
        await _two.RenewAsync(Token);
        _time.SetClock(TimeSpan.FromSeconds(seconds));
        Assert.Equal(Now + Duration.FromSeconds(14), _one.HeldUntil);
        await _two.RenewAsync(Token);
        Assert.Null(_two.HeldUntil);
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.Null(_one.HeldUntil);
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_does_not_lose_the_lease()
    {
        await _one.RenewAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(5));
        _world.Cluster.Faults.Add(request => request.Method == "PATCH", new Fault.ResetInAnswer(), 1);
        await _one.RenewAsync(Token);
        Assert.NotNull(_one.Problem);
        Assert.Equal(Now + Duration.FromSeconds(9), _one.HeldUntil);
        await _one.RenewAsync(Token);
        Assert.Null(_one.Problem);
        Assert.Equal(Now + Duration.FromSeconds(14), _one.HeldUntil);
    }

    [Fact]
    public async Task A_replica_that_is_cut_off_stops_before_another_begins()
    {
        await _one.RenewAsync(Token);
        await _two.RenewAsync(Token);
        _world.Cluster.Faults.CutOff = true;
        _time.Advance(TimeSpan.FromSeconds(14));
        await _one.RenewAsync(Token);
        Assert.Null(_one.HeldUntil);
        Assert.NotNull(_one.Problem);
        _world.Cluster.Faults.CutOff = false;
        await _two.RenewAsync(Token);
        Assert.Null(_two.HeldUntil);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _two.RenewAsync(Token);
        Assert.NotNull(_two.HeldUntil);
    }

    [Fact]
    public async Task What_others_wrote_on_the_lease_stays()
    {
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: ebb, namespace: ebb-system, labels: {team: ops}}
            """
        );
        await _one.RenewAsync(Token);
        await _one.RenewAsync(Token);
        Assert.NotNull(_one.HeldUntil);
        var lease = _world.Cluster.Store.Get("leases.coordination.k8s.io", "ebb-system", "ebb")!;
        Assert.Equal("ops", (string?)lease["metadata"]!["labels"]!["team"]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Instant Now => Instant.FromDateTimeOffset(_time.GetUtcNow());
}
