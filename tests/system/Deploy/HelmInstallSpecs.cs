using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Tests.Harness;
using Ebb.Tests.Hooks;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Deploy;

/// <summary>The chart in a cluster: Helm installs, upgrades and uninstalls it.</summary>
public sealed partial class HelmInstallSpecs
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";
    private const string Deployments = "deployments.apps";
    private const string OfTheChart = "app.kubernetes.io/part-of=ebb";

    private static readonly string[] Kinds =
    [
        Deployments,
        "replicasets.apps",
        "daemonsets.apps",
        "jobs.batch",
        "pods",
        "services",
        "configmaps",
        "serviceaccounts",
        "poddisruptionbudgets.policy",
        "networkpolicies.networking.k8s.io",
        "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
    ];

    private const string Node = """
        apiVersion: v1
        kind: Node
        metadata: {name: node-1, labels: {kubernetes.io/hostname: node-1}}
        status: {capacity: {cpu: "16", memory: 64Gi, pods: "110"}, allocatable: {cpu: "16", memory: 64Gi, pods: "110"}}
        ---

        """;

    /// <summary>A kubeconfig without TLS sends no token, so whoever comes without one may do everything here.</summary>
    private const string Administrator = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: administrator}
        rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: administrator}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: administrator}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: system:anonymous}]
        ---

        """;

    /// <summary>
    /// From the server, as Helm 4 does unless it is told otherwise, and from the client, as Helm 3 does.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_installed_is_changed_in_place_and_goes_but_for_its_definitions(bool serverSide)
    {
        using var tools = new KubeTools();
        await using var world = await StartAsync();
        string[] way = [$"--server-side={(serverSide ? "true" : "false")}"];
        var values = tools.Save(DocumentedValues());
        await tools.HelmAsync(
            world.Cluster,
            [
                "upgrade",
                "--install",
                "ebb",
                KubeTools.Chart,
                "--values",
                values,
                "--set",
                "prepuller.enabled=true,networkPolicy.enabled=true",
                .. way,
            ]
        );
        Assert.Equal(
            [
                "clusterrolebindings ebb-operator",
                "clusterrolebindings ebb-scaler",
                "clusterroles ebb-operator",
                "clusterroles ebb-scaler",
                "configmaps ebb-settings",
                "daemonsets ebb-prepuller",
                "deployments ebb-operator",
                "deployments ebb-scaler",
                "networkpolicies ebb-operator",
                "networkpolicies ebb-scaler",
                "poddisruptionbudgets ebb-operator",
                "poddisruptionbudgets ebb-scaler",
                "rolebindings ebb-operator",
                "rolebindings ebb-scaler",
                "roles ebb-operator",
                "roles ebb-scaler",
                "serviceaccounts ebb-operator",
                "serviceaccounts ebb-scaler",
                "services ebb-operator",
                "services ebb-scaler",
            ],
            Present(world, made: false)
        );
        var definitions = Repository.Files("deploy/crds", "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!);
        Assert.All(definitions, name => Assert.NotNull(world.Cluster.Store.Get(Definitions, "", name)));
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        var before = Get(world, Deployments, "ebb-operator");
        var address = Get(world, "services", "ebb-operator")["spec"]!["clusterIP"]!.ToString();
        Assert.Equal((2, 2), ((int?)before["spec"]!["replicas"], (int?)before["status"]!["readyReplicas"]));
        Assert.Equal("2min", Setting(world, "Power__MainsFor"));

        await tools.HelmAsync(
            world.Cluster,
            "upgrade",
            "ebb",
            KubeTools.Chart,
            "--reuse-values",
            "--set",
            "settings.Power__MainsFor=3min,capabilities.capacity=false,operator.replicas=1"
        );
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        var after = Get(world, Deployments, "ebb-operator");
        Assert.Equal("3min", Setting(world, "Power__MainsFor"));
        Assert.Equal((string?)before["metadata"]!["uid"], (string?)after["metadata"]!["uid"]);
        Assert.Equal((1, 1), ((int?)after["spec"]!["replicas"], (int?)after["status"]!["readyReplicas"]));
        Assert.NotEqual(Template(before), Template(after));
        Assert.Equal(address, Get(world, "services", "ebb-operator")["spec"]!["clusterIP"]!.ToString());
        Assert.DoesNotContain(
            Present(world, made: true),
            line => line.EndsWith("ebb-scaler", StringComparison.Ordinal)
        );

        await WhileAsync(world, tools.HelmAsync(world.Cluster, "uninstall", "ebb"));
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(Present(world, made: true));
        Assert.Empty(world.Cluster.Store.List("secrets", "ebb-system", "owner=helm"));
        Assert.All(definitions, name => Assert.NotNull(world.Cluster.Store.Get(Definitions, "", name)));
        Assert.NotNull(world.Cluster.Store.Get("upsscalers.ups-scaler.io", "shop", "web"));

        // What it left behind is its own: it does not stand in the way of the next install.
        await tools.HelmAsync(world.Cluster, ["install", "ebb", KubeTools.Chart, .. way]);
    }

    [Fact]
    public async Task Uninstall_gives_every_workload_back_before_it_deletes_anything()
    {
        using var tools = new KubeTools();
        await using var world = await StartAsync();
        // With a Secret that was deleted meanwhile, and settings that a release has no use for.
        await tools.HelmAsync(
            world.Cluster,
            "install",
            "ebb",
            KubeTools.Chart,
            "--set",
            "settingsFromSecrets.Power__Sources__0.name=gone,settingsFromSecrets.Power__Sources__0.key=source",
            "--set",
            "settings.Power__MinimumSupplies=2"
        );
        // The rights are those of the chart.
        await using (var ebb = EbbProcess.Start(world, HookWorld.Hurried))
        {
            world.Ups.StatusOverride = "OB DISCHRG";
            await HookWorld.UntilAsync(ebb, () => world.Replicas("shop", "web") == 0);
            await ebb.Leadership.ReleaseAsync(TestContext.Current.CancellationToken);
        }
        var present = Present(world, made: false);
        var uninstall = tools.HelmAsync(world.Cluster, "uninstall", "ebb", "--timeout", "2m");
        var pod = await ReleasePodAsync(world);
        Annotate(world, pod, "run-seconds", "100000");
        Assert.Equal(0, await WhileAsync(world, RunAsync(world, pod)));
        Assert.Equal(2, world.Replicas("shop", "web"));
        Assert.Equal(0, world.Replicas("ebb-system", "ebb-operator"));
        Assert.Empty(world.Cluster.Store.List("baselines.ebb.dev"));
        Assert.Equal(present.Append("jobs ebb-release").Order(), Present(world, made: false));
        Assert.False(uninstall.IsCompleted);
        Annotate(world, pod, "run-seconds", "0");
        await WhileAsync(world, uninstall);
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(Present(world, made: true));
    }

    [Fact]
    public async Task Definitions_that_somebody_else_applied_are_taken_over_only_where_Helm_is_told_so()
    {
        using var tools = new KubeTools();
        await using var world = await StartAsync(definitions: true);
        var (code, told) = await tools.TryHelmAsync(world.Cluster, "install", "ebb", KubeTools.Chart);
        Assert.True(code != 0, told);
        Assert.Contains("invalid ownership metadata", told, StringComparison.Ordinal);
        Assert.Empty(Present(world, made: true));
        await tools.HelmAsync(world.Cluster, "install", "ebb", KubeTools.Chart, "--take-ownership");
        Assert.Contains("deployments ebb-operator", Present(world, made: false));
    }

    [Fact]
    public async Task An_uninstall_that_could_not_give_everything_back_deletes_nothing_and_can_be_taken_back()
    {
        using var tools = new KubeTools();
        await using var world = await StartAsync();
        await tools.HelmAsync(world.Cluster, "install", "ebb", KubeTools.Chart);
        var present = Present(world, made: false);
        var uninstall = tools.TryHelmAsync(world.Cluster, "uninstall", "ebb");
        var pod = await ReleasePodAsync(world);
        Annotate(world, pod, "fails", "true");
        var (code, told) = await WhileAsync(world, uninstall);
        Assert.NotEqual(0, code);
        Assert.Contains("ebb-release", told, StringComparison.Ordinal);
        Assert.Equal(present.Append("jobs ebb-release").Order(), Present(world, made: false));

        // As the release leaves the operator.
        await tools.KubectlAsync(
            world.Cluster,
            "-n",
            "ebb-system",
            "scale",
            "deployment",
            "ebb-operator",
            "--replicas=0"
        );
        (code, told) = await tools.TryHelmAsync(world.Cluster, "upgrade", "ebb", KubeTools.Chart);
        Assert.NotEqual(0, code);
        Assert.Contains("has no deployed releases", told, StringComparison.Ordinal);
        (code, told) = await tools.TryHelmAsync(world.Cluster, "rollback", "ebb", "1");
        Assert.NotEqual(0, code);
        Assert.Contains(".spec.replicas", told, StringComparison.Ordinal);
        await tools.HelmAsync(world.Cluster, "rollback", "ebb", "1", "--force-conflicts");
        Assert.Equal(2, world.Replicas("ebb-system", "ebb-operator"));

        await WhileAsync(world, tools.HelmAsync(world.Cluster, "uninstall", "ebb"));
        world.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(Present(world, made: true));
    }

    /// <param name="definitions">Whether those of Ebb are there, applied by somebody else than Helm.</param>
    private static async Task<World> StartAsync(bool definitions = false)
    {
        var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Node
                + Administrator
                + Manifests.Workload("shop", "web", 2)
                + """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: web, namespace: shop}
                spec: {type: deployment, name: web, shutdownPriority: 1, scaleUpPriority: 1}
                """,
            granted: false
        );
        if (definitions)
            return world;
        foreach (var file in Repository.Files("deploy/crds", "*.yaml"))
            if (Path.GetFileNameWithoutExtension(file) is var name && name != "upsscalers.ups-scaler.io")
                world.Cluster.Store.Delete(Definitions, "", name);
        // Of an earlier release of the same name.
        world.Cluster.Store.Patch(
            Definitions,
            "",
            "upsscalers.ups-scaler.io",
            JsonNode
                .Parse(
                    """
                    {"metadata": {
                      "labels": {"app.kubernetes.io/managed-by": "Helm"},
                      "annotations": {
                        "meta.helm.sh/release-name": "ebb", "meta.helm.sh/release-namespace": "ebb-system"
                      }
                    }}
                    """
                )!
                .AsObject()
        );
        return world;
    }

    private static string DocumentedValues() =>
        ValuesBlock().Match(File.ReadAllText(Path.Combine(Repository.Root, "docs/install.md"))).Groups[1].Value
            is { Length: > 0 } values
            ? values
            : throw new InvalidOperationException("docs/install.md shows no values.yaml");

    /// <param name="world">Where.</param>
    /// <param name="made">Whether with what controllers made of it.</param>
    private static IReadOnlyList<string> Present(World world, bool made) =>
        [
            .. Kinds
                .Where(kind => made || kind is not ("pods" or "replicasets.apps"))
                .SelectMany(kind =>
                    world
                        .Cluster.Store.List(kind, labelSelector: OfTheChart)
                        .Select(o => $"{kind.Split('.')[0]} {o["metadata"]!["name"]}")
                )
                .Order(),
        ];

    private static JsonObject Get(World world, string kind, string name) =>
        world.Cluster.Store.Get(kind, "ebb-system", name)!;

    private static string? Setting(World world, string name) =>
        (string?)Get(world, "configmaps", "ebb-settings")["data"]![name];

    private static string Template(JsonObject deployment) => deployment["spec"]!["template"]!.ToJsonString();

    /// <summary>The pod that is to give everything back, as soon as Helm has asked for it.</summary>
    private static async Task<JsonObject> ReleasePodAsync(World world)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var pods = world.Cluster.Store.List("pods", "ebb-system", "app.kubernetes.io/name=ebb-release");
            if (pods.Count > 0)
                return Assert.Single(pods);
            await Task.Delay(20, deadline.Token);
        }
    }

    private static void Annotate(World world, JsonObject pod, string name, string value) =>
        world.Cluster.Store.Patch(
            "pods",
            "ebb-system",
            (string)pod["metadata"]!["name"]!,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { [$"simulation.ebb.dev/{name}"] = value },
                },
            }
        );

    /// <summary>Runs what the container of a pod runs, with its rights, and gives its exit code.</summary>
    private static async Task<int> RunAsync(World world, JsonObject pod)
    {
        var container = pod["spec"]!["containers"]![0]!;
        var account = (string)pod["spec"]!["serviceAccountName"]!;
        Assert.Equal(world.Token, world.Cluster.TokenFor("ebb-system", account));
        var start = ShippedProgram.Command("operator", "Ebb.Operator");
        foreach (var argument in container["args"]!.AsArray())
            start.ArgumentList.Add((string)argument!);
        var environment = new Dictionary<string, string>();
        foreach (var source in container["envFrom"]!.AsArray())
        foreach (
            var (name, value) in Get(world, "configmaps", (string)source!["configMapRef"]!["name"]!)["data"]!.AsObject()
        )
            environment[name] = (string)value!;
        foreach (var variable in container["env"]!.AsArray())
            if ((string?)variable!["value"] is { } value)
                environment[(string)variable["name"]!] = value;
            else
                Assert.True(
                    (bool?)variable["valueFrom"]!["secretKeyRef"]!["optional"],
                    $"{variable}: there is no such Secret, and the container would wait for it for ever"
                );
        (environment["Cluster__Mode"], environment["KUBECONFIG"]) = ("kubeconfig", world.Kubeconfig);
        await using var release = RealProcess.Start(start, environment, Path.GetTempPath());
        var exit = await release.ExitAsync();
        Assert.True(exit == 0, release.Output);
        return exit;
    }

    /// <summary>Lets the world's time go on while something outside it runs, which has a deadline of its own.</summary>
    private static async Task<T> WhileAsync<T>(World world, Task<T> outside)
    {
        while (!outside.IsCompleted)
        {
            world.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(outside, Task.Delay(50, TestContext.Current.CancellationToken));
        }
        return await outside;
    }

    [GeneratedRegex("```yaml\n# values.yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ValuesBlock();
}
