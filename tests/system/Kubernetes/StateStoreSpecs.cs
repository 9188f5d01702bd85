using Ebb.Core.Ports;
using Ebb.Kubernetes;
using Ebb.Simulation;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Kube;

public sealed class StateStoreSpecs : IAsyncLifetime
{
    private World _world = null!;
    private KubernetesApi _api = null!;
    private ConfigMapStateStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync("");
        _api = new KubernetesApi(Kubeconfig.Read([_world.Kubeconfig], null, TimeProvider.System), TimeProvider.System);
        _store = new ConfigMapStateStore(_api);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData("a")]
    [InlineData("outage.2026-11-21")]
    [InlineData("a..b")] // a key, but no name in Kubernetes
    [InlineData("a.-b")]
    public async Task What_was_put_is_got_listed_and_deleted(string key)
    {
        Assert.Null(await _store.GetAsync(key, Token));
        var etag = await _store.PutAsync(key, """{"x":"ä"}""", null, Token);
        Assert.Equal(new StateEntry(key, """{"x":"ä"}""", etag), await _store.GetAsync(key, Token));
        var second = await _store.PutAsync(key, """{"x":"ä"}""", etag, Token);
        Assert.NotEqual(etag, second);
        Assert.Equal([new StateEntry(key, """{"x":"ä"}""", second)], await _store.ListAsync(key[..1], Token));
        await _store.DeleteAsync(key, second, Token);
        await _store.DeleteAsync(key, null, Token);
        Assert.Empty(await _store.ListAsync("", Token));
    }

    [Fact]
    public async Task Of_two_writers_one_learns_of_the_other()
    {
        var etag = await _store.PutAsync("k", "1", null, Token);
        await Assert.ThrowsAsync<StateConflictException>(() => _store.PutAsync("k", "2", null, Token));
        await _store.PutAsync("k", "2", etag, Token);
        await Assert.ThrowsAsync<StateConflictException>(() => _store.PutAsync("k", "3", etag, Token));
        await Assert.ThrowsAsync<StateConflictException>(() => _store.DeleteAsync("k", etag, Token));
        await _store.DeleteAsync("k", null, Token);
        await Assert.ThrowsAsync<StateConflictException>(() => _store.PutAsync("k", "3", etag, Token));
    }

    [Fact]
    public async Task A_write_whose_answer_was_cut_off_is_recognised_as_ones_own()
    {
        _world.Cluster.Faults.Add(request => request.Method == "POST", new Fault.ResetInAnswer(), 1);
        var etag = await _store.PutAsync("k", "1", null, Token);
        _world.Cluster.Faults.Add(request => request.Method == "PUT", new Fault.ResetInAnswer(), 1);
        var second = await _store.PutAsync("k", "2", etag, Token);
        Assert.Equal(new StateEntry("k", "2", second), await _store.GetAsync("k", Token));
    }

    [Fact]
    public async Task Keys_are_listed_by_prefix_in_ordinal_order_and_other_config_maps_are_not()
    {
        foreach (var key in new[] { "b", "a.2", "a.10", "a" }) await _store.PutAsync(key, "1", null, Token);
        await _world.Cluster.ApplyManifestAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: ebb-system}\ndata: {key: a.3, value: x}\n");
        Assert.Equal(["a.10", "a.2"], (await _store.ListAsync("a.", Token)).Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_said()
    {
        var fault = await Assert.ThrowsAsync<StateStoreException>(() => new ConfigMapStateStore(_api, "nowhere").PutAsync("k", "1", null, Token));
        Assert.Equal("the namespace nowhere does not exist; Ebb keeps its state there and does not create it", fault.Message);
    }

    [Fact]
    public async Task A_store_that_cannot_be_asked_says_so()
    {
        _world.Cluster.Faults.CutOff = true;
        await Assert.ThrowsAsync<StateStoreException>(() => _store.GetAsync("k", Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    public async Task What_is_no_key_is_refused(string key) => await Assert.ThrowsAsync<ArgumentException>(() => _store.GetAsync(key, Token));

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
