extern alias full;

using System.Text;
using full::k8s;
using Ebb.Core.Ports;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Leases;
using Ebb.Kubernetes.Power;
using Ebb.Tests.Harness;
using full::k8s.LeaderElection;
using full::k8s.LeaderElection.ResourceLock;
using full::k8s.Models;

namespace Ebb.Tests.Kube;

/// <summary>What Ebb writes, read by a client library that others wrote, and its leader election beside ours.</summary>
public sealed class ClientLibrarySpecs : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private World _world = null!;
    private KubernetesApi _api = null!;
    private full::k8s.Kubernetes _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync("", o => o with { EnforceRbac = false });
        _api = new KubernetesApi(Kubeconfig.Read([_world.Kubeconfig], null, _time), _time);
        using var kubeconfig = new MemoryStream(Encoding.UTF8.GetBytes(_world.Cluster.Kubeconfig));
        _client = new(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(kubeconfig));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_lease_and_an_event_of_a_whole_second_are_read_as_they_were_written()
    {
        using var leadership = new LeaseLeadership(_api, "ebb-system", "ebb", "one");
        await leadership.RenewAsync(Token);
        var lease = await _client.CoordinationV1.ReadNamespacedLeaseAsync(
            "ebb",
            "ebb-system",
            cancellationToken: Token
        );
        Assert.Equal(
            ("one", 15, 0),
            (lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds, lease.Spec.LeaseTransitions)
        );
        Assert.Equal(_time.GetUtcNow().UtcDateTime, lease.Spec.RenewTime);

        var about = new ObjectRef("apps/v1", "Deployment", "default", "web");
        await new EventWrites(_api).AnnounceAsync(
            new Announcement(about, "uid", Warning: true, "Asleep", "ScaleDown", "Said."),
            Token
        );
        var told = (
            await _client.EventsV1.ListNamespacedEventAsync("default", cancellationToken: Token)
        ).Items.Single();
        Assert.Equal(("Warning", "Asleep", "ScaleDown", "Said."), (told.Type, told.Reason, told.Action, told.Note));
        Assert.Equal(("web", "uid"), (told.Regarding.Name, told.Regarding.Uid));
        Assert.Equal(_time.GetUtcNow().UtcDateTime, told.EventTime);
    }

    [Fact]
    public async Task A_lease_that_the_librarys_elector_holds_is_taken_when_it_was_not_renewed_for_its_duration()
    {
        var elector = new LeaderElector(
            new LeaderElectionConfig(new LeaseLock(_client, "ebb-system", "ebb", "theirs"))
            {
                LeaseDuration = TimeSpan.FromSeconds(20),
            }
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var leads = new TaskCompletionSource();
        elector.OnStartedLeading += leads.SetResult;
        var running = elector.RunUntilLeadershipLostAsync(stop.Token);
        await leads.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await stop.CancelAsync();
        await running.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );

        using var ours = new LeaseLeadership(_api, "ebb-system", "ebb", "ours");
        await ours.RenewAsync(Token);
        Assert.Null(ours.HeldUntil);
        Assert.Equal("theirs", ours.Holder);
        _time.Advance(TimeSpan.FromSeconds(19));
        await ours.RenewAsync(Token);
        Assert.Null(ours.HeldUntil);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ours.RenewAsync(Token);
        Assert.NotNull(ours.HeldUntil);
        var lease = await _client.CoordinationV1.ReadNamespacedLeaseAsync(
            "ebb",
            "ebb-system",
            cancellationToken: Token
        );
        Assert.Equal(("ours", 1), (lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
