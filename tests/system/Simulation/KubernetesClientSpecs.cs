extern alias full;

using System.Net;
using System.Text;
using System.Text.Json;
using full::k8s;
using full::k8s.Autorest;
using full::k8s.Models;

namespace Ebb.Tests.Simulation;

/// <summary>
/// The client library of the .NET project of Kubernetes, which was written by others, against the simulation.
/// </summary>
public sealed class KubernetesClientSpecs : IAsyncLifetime
{
    private World _world = null!;
    private full::k8s.Kubernetes _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await World.StartAsync(change: options => options with { WireTime = TimeProvider.System });
        using var kubeconfig = new MemoryStream(Encoding.UTF8.GetBytes(_world.Cluster.Kubeconfig));
        _client = new(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(kubeconfig));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Lists_come_in_pages_of_one_version_and_by_label()
    {
        foreach (var i in Enumerable.Range(0, 7))
            await CreateConfigMapAsync($"c{i}", i % 2 == 0 ? "even" : "odd");
        var names = new List<string>();
        var versions = new HashSet<string>();
        string? next = null;
        do
        {
            var page = await _client.CoreV1.ListNamespacedConfigMapAsync(
                "default",
                limit: 3,
                continueParameter: next,
                cancellationToken: Token
            );
            Assert.True(page.Items.Count <= 3);
            names.AddRange(page.Items.Select(item => item.Metadata.Name));
            versions.Add(page.Metadata.ResourceVersion);
            next = page.Metadata.ContinueProperty;
        } while (!string.IsNullOrEmpty(next));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"c{i}"), names.Where(name => name[0] == 'c'));
        Assert.Single(versions);

        var odd = await _client.CoreV1.ListConfigMapForAllNamespacesAsync(
            labelSelector: "kind in (odd)",
            cancellationToken: Token
        );
        Assert.Equal(["c1", "c3", "c5"], odd.Items.Select(item => item.Metadata.Name));
        var one = await _client.CoreV1.ListNodeAsync(fieldSelector: "metadata.name=n2", cancellationToken: Token);
        Assert.Equal("16", one.Items.Single().Status.Allocatable["cpu"].ToString());
    }

    [Fact]
    public async Task Kinds_of_a_definition_are_listed_and_patched_without_a_type()
    {
        await _world.Cluster.ApplyManifestAsync(
            """
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: web, namespace: default}
            spec: {type: deployment, namespace: default, name: web, shutdownPriority: 1, scaleUpPriority: 1}
            """
        );
        var patched = (JsonElement)
            await _client.CustomObjects.PatchNamespacedCustomObjectAsync(
                new V1Patch("""{"spec":{"shutdownPriority":7}}""", V1Patch.PatchType.MergePatch),
                "ups-scaler.io",
                "v1alpha1",
                "default",
                "upsscalers",
                "web",
                cancellationToken: Token
            );
        Assert.Equal(7, patched.GetProperty("spec").GetProperty("shutdownPriority").GetInt32());
        var list = (JsonElement)
            await _client.CustomObjects.ListClusterCustomObjectAsync(
                "ups-scaler.io",
                "v1alpha1",
                "upsscalers",
                cancellationToken: Token
            );
        Assert.Equal("UpsScalerList", list.GetProperty("kind").GetString());
        Assert.Equal(1, list.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_watch_tells_of_each_change_after_the_version_that_was_listed()
    {
        var list = await _client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await CreateConfigMapAsync("c", "even");
        await _client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"data":{"k":"v"}}""", V1Patch.PatchType.MergePatch),
            "c",
            "default",
            cancellationToken: Token
        );
        await _client.CoreV1.DeleteNamespacedConfigMapAsync("c", "default", cancellationToken: Token);
        var seen = new List<(WatchEventType Type, string? Value)>();
        await foreach (
            var (type, item) in _client.CoreV1.WatchListNamespacedConfigMapAsync(
                "default",
                resourceVersion: list.Metadata.ResourceVersion,
                onError: fault => throw fault,
                cancellationToken: patience.Token
            )
        )
        {
            seen.Add((type, item.Data?["k"]));
            if (seen.Count == 3)
                break;
        }

        Assert.Equal(
            [(WatchEventType.Added, null), (WatchEventType.Modified, "v"), (WatchEventType.Deleted, "v")],
            seen
        );
    }

    [Fact]
    public async Task Patches_of_four_kinds_change_what_each_says_and_nothing_else()
    {
        await _world.Cluster.ApplyManifestAsync(World.Deployment("web", 2));
        var merged = await PatchAsync(V1Patch.PatchType.MergePatch, """{"spec":{"replicas":3}}""");
        Assert.Equal(3, merged.Spec.Replicas);
        var replaced = await PatchAsync(
            V1Patch.PatchType.JsonPatch,
            """[{"op":"test","path":"/spec/replicas","value":3},{"op":"replace","path":"/spec/replicas","value":4}]"""
        );
        Assert.Equal(4, replaced.Spec.Replicas);
        // Containers are merged by name: a merge patch would have thrown away image and requests.
        var strategic = await PatchAsync(
            V1Patch.PatchType.StrategicMergePatch,
            """{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]}}}}"""
        );
        var container = strategic.Spec.Template.Spec.Containers.Single();
        Assert.Equal(("img:1", "A"), (container.Image, container.Env.Single().Name));

        const string mine =
            """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":5}}""";
        var conflict = await Assert.ThrowsAsync<HttpOperationException>(() =>
            PatchAsync(V1Patch.PatchType.ApplyPatch, mine, "mine")
        );
        Assert.Equal(HttpStatusCode.Conflict, conflict.Response.StatusCode);
        var applied = await PatchAsync(V1Patch.PatchType.ApplyPatch, mine, "mine", force: true);
        Assert.Equal(5, applied.Spec.Replicas);
        Assert.Contains(applied.Metadata.ManagedFields, entry => entry is { Manager: "mine", Operation: "Apply" });
    }

    [Fact]
    public async Task A_scale_is_read_replaced_and_patched()
    {
        await _world.Cluster.ApplyManifestAsync(World.Deployment("web", 2));
        var scale = await _client.AppsV1.ReadNamespacedDeploymentScaleAsync("web", "default", cancellationToken: Token);
        Assert.Equal((2, "app=web"), (scale.Spec.Replicas, scale.Status.Selector));
        scale.Spec.Replicas = 1;
        scale = await _client.AppsV1.ReplaceNamespacedDeploymentScaleAsync(
            scale,
            "web",
            "default",
            cancellationToken: Token
        );
        Assert.Equal(1, scale.Spec.Replicas);
        await _client.AppsV1.PatchNamespacedDeploymentScaleAsync(
            new V1Patch("""{"spec":{"replicas":0}}""", V1Patch.PatchType.MergePatch),
            "web",
            "default",
            cancellationToken: Token
        );
        Assert.Equal(0, (int)_world.Get("deployments.apps", "web")["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task A_stale_write_and_a_delete_of_another_object_are_conflicts()
    {
        var created = await CreateConfigMapAsync("c", "even");
        await _client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"data":{"k":"v"}}""", V1Patch.PatchType.MergePatch),
            "c",
            "default",
            cancellationToken: Token
        );
        var stale = await Assert.ThrowsAsync<HttpOperationException>(() =>
            _client.CoreV1.ReplaceNamespacedConfigMapAsync(created, "c", "default", cancellationToken: Token)
        );
        Assert.Equal(("Conflict", 409), Refusal(stale));
        var other = await Assert.ThrowsAsync<HttpOperationException>(() =>
            _client.CoreV1.DeleteNamespacedConfigMapAsync(
                "c",
                "default",
                new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = "another" } },
                cancellationToken: Token
            )
        );
        Assert.Equal(("Conflict", 409), Refusal(other));
    }

    [Fact]
    public async Task Deletes_take_dependents_along_or_leave_them()
    {
        await _world.Cluster.ApplyManifestAsync(World.Deployment("web", 2));
        await _world.Cluster.ApplyManifestAsync(World.Deployment("kept", 2));
        _world.Advance(10);
        await _client.AppsV1.DeleteNamespacedDeploymentAsync(
            "kept",
            "default",
            propagationPolicy: "Orphan",
            cancellationToken: Token
        );
        await _client.AppsV1.DeleteNamespacedDeploymentAsync(
            "web",
            "default",
            propagationPolicy: "Background",
            cancellationToken: Token
        );
        _world.Advance(60);
        var pods = await _client.CoreV1.ListNamespacedPodAsync("default", cancellationToken: Token);
        Assert.Equal(["kept", "kept"], pods.Items.Select(pod => pod.Metadata.Labels["app"]));
        await _client.AppsV1.DeleteCollectionNamespacedReplicaSetAsync("default", cancellationToken: Token);
        _world.Advance(60);
        Assert.Empty((await _client.CoreV1.ListNamespacedPodAsync("default", cancellationToken: Token)).Items);
        var gone = await Assert.ThrowsAsync<HttpOperationException>(() =>
            _client.AppsV1.DeleteNamespacedDeploymentAsync("web", "default", cancellationToken: Token)
        );
        Assert.Equal(("NotFound", 404), Refusal(gone));
    }

    [Fact]
    public async Task What_is_invalid_is_refused_with_the_field()
    {
        await _world.Cluster.ApplyManifestAsync(World.Deployment("web", 2));
        var fault = await Assert.ThrowsAsync<HttpOperationException>(() =>
            PatchAsync(V1Patch.PatchType.MergePatch, """{"spec":{"replicas":-1}}""")
        );
        var status = KubernetesJson.Deserialize<V1Status>(fault.Response.Content);
        Assert.Equal(("Invalid", 422), (status.Reason, status.Code));
        Assert.Equal("spec.replicas", status.Details.Causes.Single().Field);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static (string Reason, int? Code) Refusal(HttpOperationException fault)
    {
        var status = KubernetesJson.Deserialize<V1Status>(fault.Response.Content);
        return (status.Reason, status.Code);
    }

    private Task<V1ConfigMap> CreateConfigMapAsync(string name, string kind) =>
        _client.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    Labels = new Dictionary<string, string> { ["kind"] = kind },
                },
            },
            "default",
            cancellationToken: Token
        );

    private Task<V1Deployment> PatchAsync(
        V1Patch.PatchType type,
        string body,
        string? fieldManager = null,
        bool? force = null
    ) =>
        _client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch(body, type),
            "web",
            "default",
            fieldManager: fieldManager,
            force: force,
            cancellationToken: Token
        );
}
