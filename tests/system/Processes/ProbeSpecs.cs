using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Processes;

/// <summary>What probes are told: they carry no key, and what they are told names nobody.</summary>
public sealed class ProbeSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task Both_replicas_are_ready_and_one_that_hears_no_UPS_says_so_and_stays_ready()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await using var first = Operator(world);
        await UntilAsync(first, "/readyz", HttpStatusCode.OK, "this replica leads");
        await using var second = Operator(world);
        await UntilAsync(second, "/readyz", HttpStatusCode.OK, "another replica leads");
        await UntilAsync(second, "/healthz", HttpStatusCode.OK, "turns go on");
        await UntilAsync(second, "/startupz", HttpStatusCode.OK, "it has begun");
        world.Ups.DriverDead = true;
        await UntilAsync(first, "/readyz", HttpStatusCode.OK, "power: a UPS is not heard");
        Assert.DoesNotContain(world.Ups.Name, await BodyAsync(first, "/readyz"), StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData("Bearer", LiveWorld.ViewKey, HttpStatusCode.OK)]
    [InlineData("bearer", LiveWorld.ControlKey, HttpStatusCode.OK)]
    [InlineData("Bearer", "another-key-0123456789", HttpStatusCode.Unauthorized)]
    [InlineData("Basic", LiveWorld.ViewKey, HttpStatusCode.Unauthorized)]
    public async Task Prometheus_reads_metrics_with_the_view_key_as_a_bearer_token(
        string scheme,
        string key,
        HttpStatusCode expected
    )
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await using var ebb = Operator(world);
        await UntilAsync(ebb, "/healthz", HttpStatusCode.OK, "turns go on");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, key);
        using var answer = await ebb.Http.SendAsync(request, Stop);
        Assert.Equal(expected, answer.StatusCode);
        // To look is not to act.
        using var order = new HttpRequestMessage(HttpMethod.Post, "/api/power/release")
        {
            Content = JsonContent.Create(new { reason = "to see it" }),
        };
        order.Headers.Authorization = new AuthenticationHeaderValue(scheme, LiveWorld.ViewKey);
        using var refused = await ebb.Http.SendAsync(order, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [LongFact]
    public async Task A_replica_that_could_never_lead_is_not_ready_and_goes_on()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await world.Cluster.ApplyManifestAsync(
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/base/roles.yaml"), Stop)).Replace(
                "resources: [leases], verbs: [get, create, patch]",
                "resources: [leases], verbs: [get]",
                StringComparison.Ordinal
            )
        );
        await using var ebb = Operator(world);
        await UntilAsync(ebb, "/readyz", HttpStatusCode.ServiceUnavailable, "store: the Lease cannot be taken");
        await UntilAsync(ebb, "/healthz", HttpStatusCode.OK, "turns go on");
    }

    [LongFact]
    public async Task A_replica_that_may_not_write_what_is_named_says_which_right_is_missing_and_is_not_ready()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await world.Cluster.ApplyManifestAsync(
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/base/roles.yaml"), Stop)).Replace(
                "resources: [deployments/scale, statefulsets/scale], verbs: [get, patch]",
                "resources: [deployments/scale, statefulsets/scale], verbs: [get]",
                StringComparison.Ordinal
            )
        );
        const string missing = "patch deployments.apps/scale in all namespaces";
        await using var ebb = Operator(world);
        await UntilAsync(ebb, "/readyz", HttpStatusCode.ServiceUnavailable, $"rights: missing: {missing}");
        await UntilAsync(ebb, "/healthz", HttpStatusCode.OK, "turns go on");
        Assert.Contains(
            (await ebb.GetAsync($"/api/status?code={LiveWorld.ViewKey}"))["troubles"]!.AsArray(),
            trouble => (string?)trouble == $"a right is missing: {missing}"
        );
        Assert.Contains($"a right is missing: {missing}", ebb.Output, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task A_replica_that_has_not_read_the_cluster_is_not_ready()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        world.Cluster.Store.Delete("clusterrolebindings.rbac.authorization.k8s.io", "", "ebb-operator");
        await using var ebb = Operator(world);
        await UntilAsync(ebb, "/readyz", HttpStatusCode.ServiceUnavailable, "cluster: it is not read yet");
    }

    private static RealProcess Operator(LiveWorld world)
    {
        var port = FreePort.Take();
        return RealProcess.Launch("operator", "Ebb.Operator", world.Settings(port), port);
    }

    private static Task UntilAsync(RealProcess ebb, string path, HttpStatusCode status, string told) =>
        ebb.UntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await ebb.Http.GetAsync(path, Stop);
                    return answer.StatusCode == status
                        && (await answer.Content.ReadAsStringAsync(Stop)).Contains(told, StringComparison.Ordinal);
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                    return false;
                }
            },
            $"{path} answers {(int)status}: {told}"
        );

    private static async Task<string> BodyAsync(RealProcess ebb, string path)
    {
        using var answer = await ebb.Http.GetAsync(path, Stop);
        return await answer.Content.ReadAsStringAsync(Stop);
    }
}
