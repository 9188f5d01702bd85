namespace Ebb.Tests.Simulation;

/// <summary>Discovery of groups, versions and resources.</summary>
public sealed class DiscoverySpecs
{
    [Theory]
    [InlineData("/apis/apps/v1", "deployments/scale")]
    [InlineData("/apis/apps/v1", "statefulsets/scale")]
    [InlineData("/api/v1", "pods/eviction")]
    [InlineData("/apis/batch/v1", "cronjobs/status")]
    [InlineData("/apis/autoscaling/v2", "horizontalpodautoscalers")]
    [InlineData("/apis/events.k8s.io/v1", "events")]
    [InlineData("/apis/coordination.k8s.io/v1", "leases")]
    [InlineData("/apis/keda.sh/v1alpha1", "scaledobjects/status")]
    [InlineData("/apis/postgresql.cnpg.io/v1", "clusters")]
    [InlineData("/apis/ups-scaler.io/v1alpha1", "upsscalers/status")]
    public async Task Every_resource_that_Ebb_touches_is_discovered(string path, string resource)
    {
        await using var world = await World.StartAsync();
        var (status, body) = await world.Get(path);
        Assert.Equal(200, status);
        Assert.Contains(body!["resources"]!.AsArray(), r => r!["name"]!.GetValue<string>() == resource);
    }

    [Fact]
    public async Task Discovery_comes_in_one_answer_to_who_asks_for_it_and_304_to_who_has_it()
    {
        await using var world = await World.StartAsync();
        world.Http.DefaultRequestHeaders.TryAddWithoutValidation(
            "Accept",
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
        );
        using var first = await world.Http.GetAsync(
            new Uri("/apis", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            "\"APIGroupDiscoveryList\"",
            await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        world.Http.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await world.Http.GetAsync(
            new Uri("/apis", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(System.Net.HttpStatusCode.NotModified, second.StatusCode);
    }
}
