using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using NodaTime;

namespace Ebb.Tests.Schedules;

/// <summary>
/// Flux, which applies its manifests by server-side apply at each interval, and Argo CD with self-heal, which puts back
/// each field of its manifests that differs, beside a Schedule.
/// </summary>
public sealed class GitOpsSpecs
{
    private const string Deployments = "deployments.apps";
    private static readonly Instant Begins = Instant.FromUtc(2026, 1, 15, 20, 0);
    private static readonly Instant Ends = Instant.FromUtc(2026, 1, 15, 20, 10);

    private const string Rights = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: git}
        rules:
          - {apiGroups: [apps], resources: [deployments], verbs: [get, list, create, patch]}
          - {apiGroups: [autoscaling.d-kuro.github.io], resources: [schedules], verbs: [get, list, create, patch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: git}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: git}
        subjects: [{kind: ServiceAccount, name: git, namespace: git}]
        ---

        """;

    /// <summary>As Git has it; replicas null: it leaves them to whoever sizes the workload.</summary>
    private static JsonObject Web(int? replicas)
    {
        var web = JsonNode
            .Parse(
                """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},
                 "spec":{"selector":{"matchLabels":{"app":"web"}},
                  "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"main"}]}}}}
                """
            )!
            .AsObject();
        if (replicas is { } size)
            web["spec"]!["replicas"] = size;
        return web;
    }

    private static JsonObject Night() =>
        JsonNode
            .Parse(
                """
                {"apiVersion":"autoscaling.d-kuro.github.io/v1","kind":"Schedule","metadata":{"name":"night","namespace":"shop"},
                 "spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"type":"Daily","startTime":"20:00",
                  "endTime":"20:10","maxReplicas":0}}
                """
            )!
            .AsObject();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_Git_leaves_out_is_written_twice_a_night_and_nothing_of_what_Git_states_ever_differs(
        bool flux
    )
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop") + Manifests.Workload("shop", "web", 3) + Rights
        );
        using var git = new Git(world, flux);
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins - Duration.FromMinutes(2));
        await git.SyncAsync(Web(null), Night());
        world.Cluster.Requests.Clear();
        List<int?> sizes = [];
        for (var minute = -1; minute <= 12; minute++)
        {
            await clock.AtAsync(Begins + Duration.FromMinutes(minute));
            sizes.Add(world.Replicas("shop", "web"));
            Assert.Equal(0, await git.SyncAsync(Web(null), Night()));
        }
        Assert.Equal([3, .. Enumerable.Repeat<int?>(0, 10), 3, 3, 3], sizes);
        Assert.Equal(
            2,
            world.Writes().Count(write => write.Contains("/deployments/web/scale", StringComparison.Ordinal))
        );
        Assert.Null(world.Status(Manifests.SchedulesResource, "shop", "night")!["changedBy"]);
    }

    [Theory]
    [InlineData(true, "kustomize-controller")]
    [InlineData(false, "argocd-controller")]
    public async Task A_size_that_Git_states_is_put_back_by_it_and_told_with_its_name_and_asked_again_once_a_tick(
        bool flux,
        string manager
    )
    {
        await using var world = await World.StartAsync(Manifests.Namespace("shop") + Rights);
        using var git = new Git(world, flux);
        await git.SyncAsync(Web(3), Night());
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Begins);
        Assert.Equal(0, world.Replicas("shop", "web"));
        world.Cluster.Requests.Clear();
        const int minutes = 4;
        var undone = 0;
        for (var second = 10; second <= 60 * minutes; second += 10)
        {
            undone += await git.SyncAsync(Web(3), Night());
            await clock.AtAsync(Begins + Duration.FromSeconds(second));
        }
        Assert.Equal(manager, (string?)world.Status(Manifests.SchedulesResource, "shop", "night")!["changedBy"]);
        Assert.InRange(undone, minutes, (2 * minutes) + 1);
        Assert.InRange(
            world.Writes().Count(write => write.Contains("/deployments/web/scale", StringComparison.Ordinal)),
            minutes,
            2 * minutes
        );
        await clock.AtAsync(Ends);
        Assert.Equal(3, world.Replicas("shop", "web"));
    }

    /// <summary>Git as one of the two brings it into the cluster.</summary>
    private sealed class Git : IDisposable
    {
        private readonly World _world;
        private readonly HttpClient _http;
        private readonly bool _flux;

        public Git(World world, bool flux)
        {
            (_world, _flux) = (world, flux);
            _http = new HttpClient { BaseAddress = world.Cluster.Address };
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                world.Cluster.TokenFor("git", "git")
            );
        }

        /// <summary>How many objects it changed.</summary>
        public async Task<int> SyncAsync(params JsonObject[] manifests)
        {
            var changed = 0;
            foreach (var manifest in manifests)
            {
                var before = Version(manifest);
                if (_flux || before is null || !IsIn(manifest, Live(manifest)))
                    await ApplyAsync(manifest);
                changed += Version(manifest) == before ? 0 : 1;
            }
            return changed;
        }

        public void Dispose() => _http.Dispose();

        private async Task ApplyAsync(JsonObject manifest)
        {
            var manager = _flux ? "kustomize-controller" : "argocd-controller";
            var (version, place) = ((string)manifest["apiVersion"]!, (string)manifest["metadata"]!["namespace"]!);
            var plural = (string?)manifest["kind"] == "Deployment" ? "deployments" : "schedules";
            using var content = new StringContent(manifest.ToJsonString(), Encoding.UTF8);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/apply-patch+yaml");
            using var answer = await _http.PatchAsync(
                $"/apis/{version}/namespaces/{place}/{plural}/{manifest["metadata"]!["name"]}"
                    + $"?fieldManager={manager}&force=true",
                content,
                TestContext.Current.CancellationToken
            );
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        private JsonObject? Live(JsonObject manifest) =>
            _world.Cluster.Store.Get(
                (string?)manifest["kind"] == "Deployment" ? Deployments : Manifests.SchedulesResource,
                (string)manifest["metadata"]!["namespace"]!,
                (string)manifest["metadata"]!["name"]!
            );

        private string? Version(JsonObject manifest) => (string?)Live(manifest)?["metadata"]!["resourceVersion"];

        private static bool IsIn(JsonNode? stated, JsonNode? live) =>
            (stated, live) switch
            {
                (JsonObject one, JsonObject other) => one.All(member => IsIn(member.Value, other[member.Key])),
                (JsonArray one, JsonArray other) => one.Count == other.Count
                    && one.Zip(other).All(pair => IsIn(pair.First, pair.Second)),
                _ => stated?.ToJsonString() == live?.ToJsonString(),
            };
    }
}
