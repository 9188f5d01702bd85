using System.Net;
using Ebb.Simulation.Faults;

namespace Ebb.Tests.Simulation;

/// <summary>Injected faults act exactly as they were set.</summary>
public sealed class FaultSpecs
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    [Fact]
    public async Task A_throttled_request_says_when_to_come_again_and_the_next_one_passes()
    {
        await using var world = await World.StartAsync();
        world.Cluster.Faults.Add(
            r => r.Path == Deployments,
            new Fault.ErrorStatus(429, RetryAfterSeconds: 7),
            times: 1
        );
        using var refused = await world.Http.GetAsync(
            new Uri(Deployments, UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(200, (await world.Get(Deployments)).Status);
    }

    [Fact]
    public async Task A_reset_in_mid_answer_comes_after_the_write_was_done()
    {
        await using var world = await World.StartAsync();
        await world.Cluster.ApplyManifestAsync(World.Deployment("web", 1));
        world.Cluster.Faults.Add(r => r.IsWrite, new Fault.ResetInAnswer(), times: 1);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            world.Merge(Deployments + "/web/scale", """{"spec":{"replicas":2}}""")
        );
        Assert.Equal(2, world.Get("deployments.apps", "web")["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_client_can_be_killed_before_a_request_and_after_it_was_applied()
    {
        await using var world = await World.StartAsync();
        await world.Cluster.ApplyManifestAsync(World.Deployment("web", 1));
        world.Cluster.Faults.BeforeRequest = r => throw new InvalidOperationException("dead before");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            world.Merge(Deployments + "/web/scale", """{"spec":{"replicas":5}}""")
        );
        Assert.Equal(1, world.Get("deployments.apps", "web")["spec"]!["replicas"]!.GetValue<int>());
        world.Cluster.Faults.Clear();
        world.Cluster.Faults.AfterApplied = r => throw new InvalidOperationException("dead after");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            world.Merge(Deployments + "/web/scale", """{"spec":{"replicas":5}}""")
        );
        Assert.Equal(5, world.Get("deployments.apps", "web")["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task While_cut_off_nobody_gets_an_answer()
    {
        await using var world = await World.StartAsync();
        world.Cluster.Faults.CutOff = true;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => world.Get("/version"));
        world.Cluster.Faults.CutOff = false;
        Assert.Equal(200, (await world.Get("/version")).Status);
    }

    [Fact]
    public async Task A_service_account_may_do_what_its_role_says_and_nothing_else()
    {
        await using var world = await World.StartAsync(change: o => o with { EnforceRbac = true });
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: reader}
            rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: reader}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
            subjects: [{kind: ServiceAccount, namespace: ebb-system, name: ebb}]
            """
        );
        world.Http.DefaultRequestHeaders.Authorization = new("Bearer", world.Cluster.TokenFor("ebb-system", "ebb"));
        Assert.Equal(200, (await world.Get(Deployments)).Status);
        var (status, body) = await world.Merge(Deployments + "/web/scale", """{"spec":{"replicas":5}}""");
        Assert.Equal(403, status);
        Assert.Equal(
            "deployments.apps \"web\" is forbidden: User \"system:serviceaccount:ebb-system:ebb\" cannot patch "
                + "resource \"deployments/scale\" in API group \"apps\" in the namespace \"default\"",
            body!["message"]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task An_open_watch_ends_with_410_when_told_and_an_old_version_is_refused_after_compaction()
    {
        await using var world = await World.StartAsync();
        var old = world.Store.ResourceVersion - 5;
        using var response = await world.Http.GetAsync(
            new Uri("/api/v1/namespaces?watch=1&resourceVersion=" + world.Store.ResourceVersion, UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)
        );
        world.Store.EndWatches(expired: true);
        Assert.Contains(
            "\"code\":410",
            await reader
                .ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(10)),
            StringComparison.Ordinal
        );
        world.Store.Compact();
        var (_, body) = await world.Get("/api/v1/namespaces?watch=1&resourceVersion=" + old);
        Assert.Equal("Expired", body!["object"]!["reason"]!.GetValue<string>());
    }
}
