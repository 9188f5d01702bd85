using System.Diagnostics;
using System.Globalization;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Commands;

/// <summary>The commands of the operator, as a person runs them before the first start.</summary>
public sealed class CommandSpecs
{
    private const string Press = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.lab.dev}
        spec:
          group: lab.dev
          scope: Namespaced
          names: {kind: Widget, plural: widgets, singular: widget}
          versions:
            - name: v1
              served: true
              storage: true
              subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        ---
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: press, namespace: shop}
        spec: {type: lab.dev/v1/Widget, name: press, shutdownPriority: 1, scaleUpPriority: 1}
        """;

    private const string Cordon = """
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: last, namespace: ebb-system}
        spec: {type: node, name: node-1, shutdownPriority: 1, scaleUpPriority: 1}
        """;

    [LongFact]
    public async Task Check_tells_cluster_UPS_and_archive_and_ends_with_0_with_the_shipped_rights()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var (exit, output) = await RunAsync(world.Settings(0), "check");
        Assert.True(exit == 0, output);
        Assert.Contains($"fine     cluster     http://127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Contains("fine     rights      all that are needed", output, StringComparison.Ordinal);
        Assert.Contains($"fine     UPS         nut://127.0.0.1:{world.Ups.Port}/", output, StringComparison.Ordinal);
        Assert.Contains("OL", output, StringComparison.Ordinal);
        Assert.Contains("note     archive     none", output, StringComparison.Ordinal);
        // Whoever looks leaves nothing behind.
        Assert.Empty(world.Cluster.Store.List("leases.coordination.k8s.io"));
    }

    [LongFact]
    public async Task Check_lists_each_right_that_is_missing_and_ends_with_4()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await world.Cluster.ApplyManifestAsync(Press);
        await world.Cluster.ApplyManifestAsync(Cordon);
        await world.Cluster.ApplyManifestAsync(
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/base/roles.yaml")))
                .Replace(
                    "resources: [cronjobs], verbs: [get, list, watch, patch]",
                    "resources: [cronjobs], verbs: [get]"
                )
                .Replace(
                    "resources: [helmreleases], verbs: [get, list, watch, patch]",
                    "resources: [helmreleases], verbs: [get]"
                )
                .Replace("deployments/scale, statefulsets/scale", "deployments/scale", StringComparison.Ordinal)
                .Replace("resources: [leases], verbs: [get, create, patch]", "resources: [leases], verbs: [get]")
        );
        var (exit, output) = await RunAsync(world.Settings(0), "check");
        Assert.True(exit == 4, output);
        Assert.Contains("missing  right       get, patch statefulsets.apps/scale in all namespaces", output);
        Assert.Contains(
            "missing  right       create, patch leases.coordination.k8s.io in the namespace ebb-system",
            output
        );
        Assert.Contains(
            "patch cronjobs.batch in all namespaces: there are UpsScalers or Schedules of type cronjob",
            output
        );
        Assert.Contains("note     right       list, watch, patch helmreleases.helm.toolkit.fluxcd.io", output);
        Assert.Contains("missing  right       get, list, watch widgets.lab.dev in all namespaces", output);
        Assert.Contains("missing  right       get, patch widgets.lab.dev/scale in all namespaces", output);
        Assert.Contains(
            "missing  right       get, patch nodes in all namespaces: there are UpsScalers or Schedules of type node",
            output
        );
        Assert.DoesNotContain("rights      all that are needed", output, StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData("", "note     right       list mutatingwebhookconfigurations.admissionregistration.k8s.io in all", 0)]
    [InlineData("webhooks", "rights      all that are needed for what is configured", 0)]
    // That of an earlier version.
    [InlineData(
        "webhooks",
        "missing  right       list customresourcedefinitions.apiextensions.k8s.io in all namespaces",
        4,
        "{apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [list]}"
    )]
    // Endpoints are read for gates as well.
    [InlineData(
        "hooks",
        "note     right       list mutatingwebhookconfigurations.admissionregistration.k8s.io in all",
        0
    )]
    public async Task Check_tells_what_is_missing_of_a_choice_and_what_that_costs(
        string component,
        string told,
        int code,
        string without = "-"
    )
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        if (component.Length > 0)
            await world.Cluster.ApplyManifestAsync(
                string.Join(
                    '\n',
                    (
                        await File.ReadAllLinesAsync(
                            Path.Combine(
                                Repository.Root,
                                $"deploy/components/{component}/{component.TrimEnd('s')}-roles.yaml"
                            )
                        )
                    ).Where(line => !line.Contains(without, StringComparison.Ordinal) || without == "-")
                )
            );
        var (exit, output) = await RunAsync(world.Settings(0), "check");
        Assert.True(exit == code, output);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Equal(
            !told.StartsWith("rights", StringComparison.Ordinal),
            output.Contains(
                "a webhook that guards what is woken is found at its first refusal",
                StringComparison.Ordinal
            )
        );
    }

    [LongFact]
    public async Task Check_ends_with_1_when_the_UPS_does_not_answer_and_with_4_when_a_definition_is_missing()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        world.Cluster.Store.Delete("customresourcedefinitions.apiextensions.k8s.io", "", "baselines.ebb.dev");
        var settings = world.Settings(0);
        var (exit, output) = await RunAsync(settings, "check");
        Assert.True(exit == 4, output);
        Assert.Contains("missing  definition  baselines.ebb.dev: apply deploy/crds", output, StringComparison.Ordinal);
        settings["Power__Sources__0"] = "nut://admin:hunter2secret@127.0.0.1:1/ups";
        (exit, output) = await RunAsync(settings, "check");
        Assert.True(exit == 1, output);
        Assert.Contains("failed   UPS         nut://127.0.0.1:1/ups", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", output, StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Check_ends_with_4_when_the_namespace_is_missing_or_mistyped(bool whole)
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var settings = world.Settings(0);
        // Whoever may do everything sees it; the shipped role may create nothing where it was not granted.
        if (whole)
            await File.WriteAllTextAsync(settings["KUBECONFIG"], world.Cluster.Kubeconfig);
        settings["State__Namespace"] = "ebb-sytsem";
        var (exit, output) = await RunAsync(settings, "check");
        Assert.True(exit == 4, output);
        Assert.Contains(
            whole
                ? "missing  namespace   ebb-sytsem (State__Namespace) does not exist"
                : "note     namespace   ebb-sytsem",
            output,
            StringComparison.Ordinal
        );
        settings["State__Namespace"] = "ebb-system";
        (exit, output) = await RunAsync(settings, "check");
        Assert.True(exit == 0, output);
        Assert.Contains("fine     namespace   ebb-system", output, StringComparison.Ordinal);
        if (whole)
            return;
        world.Cluster.Faults.Add(
            r => r.Method == "POST" && r.Path.Contains("/namespaces/ebb-system/", StringComparison.Ordinal),
            new Fault.ErrorStatus(404, Message: "namespaces \"ebb-system\" not found")
        );
        (exit, output) = await RunAsync(settings, "check");
        Assert.True(exit == 4, output);
        Assert.Contains("missing  namespace   ebb-system (State__Namespace) does not exist", output);
    }

    [LongFact]
    public async Task An_argument_wins_over_the_environment()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var (exit, output) = await RunAsync(world.Settings(0), "check", "--Power__Sources__0=nut://127.0.0.1:1/other");
        Assert.True(exit == 1, output);
        Assert.Contains("failed   UPS         nut://127.0.0.1:1/other", output, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task Plan_shows_each_workload_with_its_wave_both_ways()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var (exit, output) = await RunAsync(world.Settings(0), "plan");
        Assert.True(exit == 0, output);
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("WAY   WAVE  PRIORITY  KIND         WORKLOAD".Split(' ', 2)[0], lines[0].Split(' ', 2)[0]);
        Assert.Single(lines, l => l.StartsWith("down", StringComparison.Ordinal) && l.Contains(" shop/storefront "));
        Assert.Single(lines, l => l.StartsWith("up", StringComparison.Ordinal) && l.Contains(" shop/storefront "));
        Assert.StartsWith("all asleep in unknown", lines.Last(l => l.StartsWith("all", StringComparison.Ordinal)));
        Assert.Empty(world.Cluster.Store.List("leases.coordination.k8s.io"));
    }

    [Theory]
    [InlineData("--help", "release --all  give every workload back")]
    [InlineData("--version", "ebb ")]
    public async Task Help_and_version_need_no_settings(string argument, string told)
    {
        var (exit, output) = await RunAsync(new Dictionary<string, string>(), argument);
        Assert.Equal(0, exit);
        Assert.Contains(told, output, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task A_start_on_a_real_cluster_says_where_it_listens_and_what_it_does()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var port = FreePort.Take();
        var settings = world.Settings(port);
        settings["Power__Act"] = "false";
        await using var ebb = RealProcess.Launch("operator", "Ebb.Operator", settings, port);
        await ebb.UntilAsync(
            () => Task.FromResult(ebb.Output.Contains("tells", StringComparison.Ordinal)),
            "the summary is told"
        );
        Assert.Contains($"listens on http://127.0.0.1:{port}/", ebb.Output, StringComparison.Ordinal);
        Assert.Contains($"power     nut://127.0.0.1:{world.Ups.Port}/", ebb.Output, StringComparison.Ordinal);
        Assert.Contains("acts      no: Power__Act is false", ebb.Output, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task Release_ends_the_operator_that_it_is_told_of_before_it_gives_back()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: ebb-operator, namespace: ebb-system}
            spec:
              replicas: 2
              selector: {matchLabels: {app: ebb}}
              template:
                metadata: {labels: {app: ebb}}
                spec: {containers: [{name: operator, image: ebb-operator}]}
            """
        );
        var settings = world.Settings(0);
        (settings["Ebb__SelfNamespace"], settings["Ebb__SelfName"]) = ("ebb-system", "ebb-operator");
        var (exit, output) = await RunAsync(settings, "release", "--all");
        Assert.True(exit == 0, output);
        Assert.Equal(
            0,
            (int?)
                world
                    .Cluster.Store.List("deployments.apps", "ebb-system")
                    .Single(d => (string?)d["metadata"]!["name"] == "ebb-operator")["spec"]!["replicas"]
        );
    }

    [LongFact]
    public async Task Release_needs_neither_keys_nor_a_UPS_and_a_start_needs_both()
    {
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var settings = world.Settings(0);
        foreach (var name in new[] { "Keys__View", "Keys__Control", "Power__Sources__0" })
            settings.Remove(name);
        settings["Power__MinimumSupplies"] = "2";
        var (exit, output) = await RunAsync(settings, "release", "--all");
        Assert.True(exit == 0, output);
        (exit, output) = await RunAsync(settings);
        Assert.Equal(2, exit);
        foreach (var name in new[] { "Keys__View", "Keys__Control", "Power__Sources__0" })
            Assert.Contains(name, output, StringComparison.Ordinal);
    }

    [LongFact]
    public async Task Release_that_is_told_to_stop_ends_and_says_what_is_left()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no SIGTERM");
        await using var world = await LiveWorld.StartAsync(new Dictionary<string, string>());
        var now = world.Cluster.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        await world.Cluster.ApplyManifestAsync(
            $$"""
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: ebb, namespace: ebb-system}
            spec: {holderIdentity: another, leaseDurationSeconds: 3600, acquireTime: "{{now}}", renewTime: "{{now}}"}
            """
        );
        var start = ShippedProgram.Command("operator", "Ebb.Operator");
        start.ArgumentList.Add("release");
        start.ArgumentList.Add("--all");
        await using var ebb = RealProcess.Start(start, world.Settings(0), Path.GetTempPath());
        await ebb.UntilAsync(
            () => Task.FromResult(ebb.Output.Contains("the Lease is held by another", StringComparison.Ordinal)),
            "it waits for the Lease"
        );
        using (var stop = Process.Start("kill", ["-TERM", $"{ebb.Process.Id}"]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
        var since = Stopwatch.StartNew();
        Assert.Equal(3, await ebb.ExitAsync());
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(10), $"{since.Elapsed}");
        var told = ebb.Output[
            ebb.Output.IndexOf("told to stop before everything was given back:", StringComparison.Ordinal)..
        ];
        Assert.Contains("the Lease is held by another", told, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output)> RunAsync(
        IReadOnlyDictionary<string, string> settings,
        params string[] arguments
    )
    {
        var start = ShippedProgram.Command("operator", "Ebb.Operator");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        await using var ebb = RealProcess.Start(start, settings, Path.GetTempPath());
        return (await ebb.ExitAsync(), ebb.Output);
    }
}
