using Ebb.Core.Ports;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.State;
using Ebb.Nut;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Tables;

namespace Ebb.Tests.Kube;

public sealed class StateStoreSpecs : StateStoreContract
{
    private World _world = null!;
    private KubernetesApi _api = null!;

    private protected override async Task<IStateStore> OpenAsync()
    {
        _world = await World.StartAsync("", o => o with { EnforceRbac = false });
        _api = new KubernetesApi(Kubeconfig.Read([_world.Kubeconfig], null, TimeProvider.System), TimeProvider.System);
        return new ConfigMapStateStore(_api);
    }

    public override async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_write_whose_answer_was_cut_off_is_recognised_as_ones_own()
    {
        _world.Cluster.Faults.Add(request => request.Method == "POST", new Fault.ResetInAnswer(), 1);
        var etag = await Store.PutAsync("k", "1", null, Token);
        _world.Cluster.Faults.Add(request => request.Method == "PUT", new Fault.ResetInAnswer(), 1);
        var second = await Store.PutAsync("k", "2", etag, Token);
        Assert.Equal(new StateEntry("k", "2", second), await Store.GetAsync("k", Token));
    }

    [Fact]
    public async Task The_same_value_written_again_has_another_etag()
    {
        var etag = await Store.PutAsync("k", "1", null, Token);
        Assert.NotEqual(etag, await Store.PutAsync("k", "1", etag, Token));
    }

    [Fact]
    public async Task Config_maps_of_others_are_not_listed()
    {
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: other, namespace: ebb-system}
            data: {key: a.3, value: x}
            """
        );
        Assert.Empty(await Store.ListAsync("a.", Token));
    }

    [Fact]
    public async Task Whatever_anybody_writes_or_deletes_is_another_version_and_nothing_is_asked_to_know_it()
    {
        await Store.PutAsync("k", "1", null, Token);
        var first = await OtherThanAsync(null);
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: someone, namespace: ebb-system, labels: {ebb.dev/state: "true"}}
            data: {key: a, value: x}
            """
        );
        var second = await OtherThanAsync(first);
        _world.Cluster.Store.Delete("configmaps", "ebb-system", "someone");
        var third = await OtherThanAsync(second);
        _world.Cluster.Requests.Clear();
        for (var i = 0; i < 100; i++)
            Assert.Equal(third, Store.Version);
        Assert.Equal(0, _world.Cluster.Requests.Count);
        await ((ConfigMapStateStore)Store).DisposeAsync();

        async Task<long> OtherThanAsync(long? before)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
            deadline.CancelAfter(TimeSpan.FromSeconds(20));
            while (true)
            {
                if (Store.Version is { } version && version != before)
                    return version;
                await Task.Delay(5, deadline.Token);
            }
        }
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_said()
    {
        var fault = await Assert.ThrowsAsync<StateStoreException>(() =>
            new ConfigMapStateStore(_api, "nowhere").PutAsync("k", "1", null, Token)
        );
        Assert.Equal(
            "the namespace nowhere does not exist; Ebb keeps its state there and does not create it",
            fault.Message
        );
    }

    [Fact]
    public async Task A_store_that_cannot_be_asked_says_so()
    {
        _world.Cluster.Faults.CutOff = true;
        await Assert.ThrowsAsync<StateStoreException>(() => Store.GetAsync("k", Token));
    }
}
