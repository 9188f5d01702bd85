using System.Text;
using System.Text.Json.Nodes;
using Ebb.Simulation.Store;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Sleeping;

/// <summary>Kinds that sleep by a field: their descriptions come, change and go while an outage is under way.</summary>
public sealed class SleepMethodSpecs
{
    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
    };

    private const string Machine = """
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: virtualmachines.kubevirt.io}
        spec:
          group: kubevirt.io
          scope: Namespaced
          names: {kind: VirtualMachine, listKind: VirtualMachineList, plural: virtualmachines, singular: virtualmachine}
          versions:
            - name: v1
              served: true
              storage: true
              subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec:
                      type: object
                      properties:
                        running: {type: boolean}
                        runStrategy: {type: string}
                        replicas: {type: integer}
                    status: {type: object, x-kubernetes-preserve-unknown-fields: true}
        ---
        apiVersion: kubevirt.io/v1
        kind: VirtualMachine
        metadata: {name: billing, namespace: shop}
        spec: {running: true, replicas: 2}
        status: {printableStatus: Running, replicas: 2}
        ---
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: billing, namespace: shop}
        spec: {type: kubevirt.io/v1/VirtualMachine, name: billing, shutdownPriority: 1, scaleUpPriority: 1}
        """;

    /// <summary>Right to scale the kind, which it needs as long as nothing describes it.</summary>
    private const string Scales = """

        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: scales}
        rules: [{apiGroups: [kubevirt.io], resources: [virtualmachines/scale], verbs: [get, patch]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: scales}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: scales}
        subjects: [{kind: ServiceAccount, name: ebb-operator, namespace: ebb-system}]
        """;

    private static readonly string Shop = Manifests.Namespace("shop");

    private static string Described => ShippedMethods.Method("kubevirt-virtualmachine");

    private static string Allowed => ShippedMethods.Role("kubevirt-virtualmachine");

    [Fact]
    public async Task All_that_are_shipped_count_and_each_brings_the_rights_for_its_kind_and_no_other()
    {
        await using var world = await World.StartAsync(
            string.Concat(ShippedMethods.All.Select(ShippedMethods.Manifests))
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Methods(world).All(m => (string?)m["status"]?["phase"] == "InForce"));
        Assert.Equal(12, Methods(world).Count);
        foreach (var method in Methods(world))
        {
            var (name, kind) = ((string)method["metadata"]!["name"]!, method["spec"]!["for"]!);
            Assert.Equal("1", method["status"]!["observedGeneration"]!.ToJsonString());
            Assert.Contains(
                method["status"]!["conditions"]!.AsArray(),
                c => ((string?)c!["type"], (string?)c["status"]) == ("Ready", "True")
            );
            var role = world.Cluster.Store.Get(
                "clusterroles.rbac.authorization.k8s.io",
                null,
                $"ebb-sleep-method-{name}"
            )!;
            Assert.All(
                role["rules"]!.AsArray(),
                rule =>
                {
                    Assert.Equal((string?)kind["group"], (string?)rule!["apiGroups"]!.AsArray().Single());
                    var resource = ((string)rule["resources"]!.AsArray().Single()!).Split('/')[0];
                    Assert.StartsWith(((string)kind["kind"]!).ToLowerInvariant(), resource, StringComparison.Ordinal);
                }
            );
        }
        Assert.DoesNotContain(ebb.View.Cluster.Troubles, t => t.Contains("sleepmethods", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_wrong_built_in_or_younger_is_told_and_disturbs_nothing_else()
    {
        await using var world = await World.StartAsync(
            Shop
                + Machine
                + Allowed
                + Described
                + """

                ---
                apiVersion: ebb.dev/v1alpha1
                kind: SleepMethod
                metadata: {name: wrong}
                spec: {for: {group: a.b, version: v1, kind: C}, sleep: {fields: [{path: status.x, value: 1}]}}
                ---
                apiVersion: ebb.dev/v1alpha1
                kind: SleepMethod
                metadata: {name: built-in}
                spec: {for: {group: apps, version: v1, kind: StatefulSet}, sleep: {scale: true}}
                """
        );
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: ebb.dev/v1alpha1
            kind: SleepMethod
            metadata: {name: a-younger-one}
            spec: {for: {group: kubevirt.io, version: v1, kind: VirtualMachine}, sleep: {scale: true}}
            """
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Methods(world).All(m => m["status"] is not null));
        Assert.Equal("InForce", Status("kubevirt-virtualmachine")["phase"]!.GetValue<string>());
        Assert.StartsWith("spec.sleep.fields[0].path: expected a path such as", Message("wrong"));
        Assert.Contains("StatefulSet sleeps as type statefulset", Message("built-in"), StringComparison.Ordinal);
        Assert.Contains(
            "kubevirt-virtualmachine says, which is older",
            Message("a-younger-one"),
            StringComparison.Ordinal
        );
        Assert.Equal("Superseded", (string?)Status("a-younger-one")["phase"]);
        await DownAsync(world, ebb);
        Assert.Equal("Halted", (string?)Spec(world)["runStrategy"]);

        JsonNode Status(string name) => world.Cluster.Store.Get("sleepmethods.ebb.dev", null, name)!["status"]!;
        string Message(string name) => (string)Status(name)["message"]!;
    }

    [Fact]
    public async Task A_kind_whose_only_description_is_wrong_is_not_put_to_sleep_in_another_way()
    {
        await using var world = await World.StartAsync(
            Shop
                + Machine
                + Allowed
                + Scales
                + Described.Replace("spec.runStrategy", "runStrategy", StringComparison.Ordinal)
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world) == "Unknown");
        Assert.Contains(
            "SleepMethod kubevirt-virtualmachine, which names its kind, is refused: spec.sleep.fields[0].path",
            Reason(world),
            StringComparison.Ordinal
        );
        await DownAsync(world, ebb);
        Assert.Equal("""{"running":true,"replicas":2}""", Spec(world).ToJsonString());
    }

    [LongFact]
    public async Task A_right_that_is_missing_is_told_by_its_name()
    {
        await using var world = await World.StartAsync(Shop + Machine + Described);
        await using (var ebb = EbbProcess.Start(world, Hurried))
            await UntilAsync(
                ebb,
                () =>
                    Reason(world)
                        .Contains("a right is missing to list virtualmachines.kubevirt.io", StringComparison.Ordinal)
            );
        await world.Cluster.ApplyManifestAsync(Allowed.Replace(", patch]", "]", StringComparison.Ordinal));
        await using var second = EbbProcess.Start(world, Hurried);
        await UntilAsync(second, () => Phase(world) == "Awake");
        await DownAsync(world, second);
        Assert.Equal("Refused", Phase(world));
        Assert.Contains(
            "a right is missing to patch virtualmachines.kubevirt.io",
            Reason(world),
            StringComparison.Ordinal
        );
        await world.Cluster.ApplyManifestAsync(Allowed);
        await UntilAsync(second, () => Spec(world)["runStrategy"] is not null);
    }

    [LongFact]
    public async Task While_SleepMethods_cannot_be_read_no_kind_of_ones_own_is_put_to_sleep_and_the_others_are()
    {
        var roles = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "deploy/base/roles.yaml"),
            TestContext.Current.CancellationToken
        );
        await using var world = await World.StartAsync(
            roles.Replace("[sleepmethods]", "[others]", StringComparison.Ordinal)
                + "\n---\n"
                + Shop
                + Machine
                + Allowed
                + Scales
                + "\n---\n"
                + Manifests.Workload("shop", "web", 2)
                + """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: web, namespace: shop}
                spec: {type: deployment, name: web, shutdownPriority: 2, scaleUpPriority: 1}
                """
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world) == "Unknown");
        Assert.Contains("a right is missing to list sleepmethods.ebb.dev", Reason(world), StringComparison.Ordinal);
        Assert.Contains(ebb.View.Cluster.Troubles, t => t.Contains("sleepmethods.ebb.dev", StringComparison.Ordinal));
        await DownAsync(world, ebb);
        Assert.Equal(0, world.Replicas("shop", "web"));
        Assert.Equal("""{"running":true,"replicas":2}""", Spec(world).ToJsonString());
    }

    [Fact]
    public async Task Changed_and_deleted_while_it_sleeps_and_with_another_process_it_is_given_back_what_was()
    {
        await using var world = await World.StartAsync(Shop + Machine + Allowed + Described);
        await using (var first = EbbProcess.Start(world, Hurried))
        {
            await UntilAsync(first, () => Phase(world) == "Awake");
            await DownAsync(world, first);
            Assert.Equal("{replicas:2,runStrategy:\"Halted\"}", Json.Sorted(Spec(world)));
            Assert.Equal(
                """[{"path":"spec.runStrategy"},{"path":"spec.running","value":"true"}]""",
                world.Cluster.Store.List("baselines.ebb.dev").Single()["spec"]!["fields"]!.ToJsonString()
            );
            world.Cluster.Store.Patch(
                "sleepmethods.ebb.dev",
                null,
                "kubevirt-virtualmachine",
                JsonNode.Parse("""{"spec":{"sleep":{"fields":[{"path":"spec.replicas","value":0}]}}}""")!.AsObject()
            );
            await UntilAsync(
                first,
                () => first.View.Plan.Workloads.Single().Member.Refusal?.Contains("has changed") == true
            );
            Assert.Equal("2", Spec(world)["replicas"]!.ToJsonString());
            await UntilAsync(
                first,
                () => Reason(world).Contains("has changed while it slept", StringComparison.Ordinal)
            );
        }
        world.Cluster.Store.Delete("sleepmethods.ebb.dev", null, "kubevirt-virtualmachine");
        await using var second = EbbProcess.Start(world, Hurried);
        world.Ups.StatusOverride = "OL";
        await UntilAsync(second, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("{replicas:2,running:true}", Json.Sorted(Spec(world)));
    }

    [Fact]
    public async Task What_began_to_sleep_by_its_scale_is_woken_by_it_though_it_is_described_meanwhile()
    {
        await using var world = await World.StartAsync(Shop + Machine + Allowed + Scales);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world) == "Awake");
        await DownAsync(world, ebb);
        Assert.Equal("0", Spec(world)["replicas"]!.ToJsonString());
        await world.Cluster.ApplyManifestAsync(Described);
        await UntilAsync(ebb, () => ebb.View.Cluster.SleepMethods?.Count == 1);
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, () => Spec(world)["replicas"]!.ToJsonString() == "2");
        Assert.Null(Spec(world)["runStrategy"]);
        world.Cluster.Store.Patch(
            "virtualmachines.kubevirt.io",
            "shop",
            "billing",
            new JsonObject { ["status"] = new JsonObject { ["replicas"] = 2 } }
        );
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        await DownAsync(world, ebb);
        Assert.Equal("Halted", (string?)Spec(world)["runStrategy"]);
    }

    [Fact]
    public async Task A_field_that_its_definition_does_not_know_is_told_and_not_taken_for_done()
    {
        await using var world = await World.StartAsync(
            Shop
                + Machine
                + Allowed
                + Described.Replace("spec.runStrategy", "spec.noSuchField", StringComparison.Ordinal)
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world) == "Awake");
        await DownAsync(world, ebb);
        Assert.Equal("Refused", Phase(world));
        Assert.Contains("answered without the change", Reason(world), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_override_puts_one_to_sleep_that_no_UpsScaler_names_and_gives_it_back()
    {
        await using var world = await World.StartAsync(Shop + Machine + Allowed + Described);
        world.Cluster.Store.Delete("upsscalers.ups-scaler.io", "shop", "billing");
        await using var ebb = EbbProcess.Start(world, Hurried);
        await ebb.StepAsync();
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: ebb.dev/v1alpha1
            kind: Override
            metadata: {name: quiet, namespace: shop}
            spec:
              target: {kind: kubevirt.io/v1/VirtualMachine, name: billing}
              asleep: true
              until: "2026-01-15T13:00:00Z"
              reason: repair
            """
        );
        await UntilAsync(ebb, () => (string?)Spec(world)["runStrategy"] == "Halted" && Spec(world)["running"] is null);
        Assert.Equal("Holds", (string?)world.Status("overrides.ebb.dev", "shop", "quiet")!["phase"]);
        world.Cluster.Store.Delete("overrides.ebb.dev", "shop", "quiet");
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("{replicas:2,running:true}", Json.Sorted(Spec(world)));
    }

    [Fact]
    public async Task Who_sets_the_field_back_is_named_and_no_later_wave_waits()
    {
        await using var world = await World.StartAsync(
            Shop
                + Machine
                + Allowed
                + Described
                + "\n---\n"
                + Manifests.Workload("shop", "web", 2)
                + """
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: web, namespace: shop}
                spec: {type: deployment, name: web, shutdownPriority: 2, scaleUpPriority: 1}
                """
        );
        using var console = new HttpClient { BaseAddress = world.Cluster.Address };
        console.DefaultRequestHeaders.Authorization = new("Bearer", world.Token);
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(ebb, () => Phase(world) == "Awake");
        world.Ups.StatusOverride = "OB DISCHRG";
        for (var second = 0; second < 30; second++)
        {
            if ((string?)Spec(world)["runStrategy"] == "Halted")
            {
                using var change = new StringContent(
                    """{"spec":{"runStrategy":"Always","running":null}}""",
                    Encoding.UTF8,
                    "application/merge-patch+json"
                );
                using var answer = await console.PatchAsync(
                    "/apis/kubevirt.io/v1/namespaces/shop/virtualmachines/billing?fieldManager=virt-console",
                    change,
                    TestContext.Current.CancellationToken
                );
                Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
            }
            await ebb.StepAsync();
        }
        Assert.Equal(0, world.Replicas("shop", "web"));
        Assert.Equal(
            "virt-console",
            (string?)world.Status("upsscalers.ups-scaler.io", "shop", "billing")!["changedBy"]
        );
        world.Ups.StatusOverride = "OL";
        await UntilAsync(ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("{replicas:2,running:true}", Json.Sorted(Spec(world)));
    }

    private static async Task DownAsync(World world, EbbProcess ebb)
    {
        world.Ups.StatusOverride = "OB DISCHRG";
        for (var i = 0; i < 8; i++)
            await ebb.StepAsync();
    }

    private static async Task UntilAsync(EbbProcess ebb, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            if (i == 120)
                Assert.Fail(
                    $"not within 120 s: {ebb.View.Plan.Reason}; "
                        + string.Join(
                            "; ",
                            ebb.View.Plan.Workloads.Select(w => w.Reason).Concat(ebb.View.Cluster.Troubles)
                        )
                );
            await ebb.StepAsync();
        }
    }

    private static IReadOnlyList<JsonObject> Methods(World world) => world.Cluster.Store.List("sleepmethods.ebb.dev");

    private static JsonNode Spec(World world) =>
        world.Cluster.Store.Get("virtualmachines.kubevirt.io", "shop", "billing")!["spec"]!;

    private static string? Phase(World world) =>
        (string?)world.Status("upsscalers.ups-scaler.io", "shop", "billing")?["phase"];

    private static string Reason(World world) =>
        (string?)world.Status("upsscalers.ups-scaler.io", "shop", "billing")?["reason"] ?? "";
}
