using System.Text.Json.Nodes;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Sleeping;

/// <summary>One UpsScaler for all workloads with certain labels, through a power failure.</summary>
public sealed class SelectedUpsScalerSpecs
{
    private const string Scalers = "upsscalers.ups-scaler.io";

    private static readonly Dictionary<string, string?> Hurried = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
    };

    private static string Deployment(string name, int replicas, string labels, string place = "shop") =>
        Manifests
            .Workload(place, name, replicas)
            .Replace($"namespace: {place}}}", $"namespace: {place}, labels: {{{labels}}}}}", StringComparison.Ordinal);

    private static string Many(string spec, string place = "shop", string name = "many") =>
        $$"""
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: {{name}}, namespace: {{place}}}
            spec: {type: deployment, {{spec}}}
            ---

            """;

    [Fact]
    public async Task A_selector_that_is_made_wrong_in_mid_outage_goes_on_meaning_what_it_meant()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Deployment("web", 3, "tier: front")
                + Many("selector: {matchLabels: {tier: front}}, shutdownPriority: 1, scaleUpPriority: 1")
        );
        await using (var ebb = EbbProcess.Start(world, Hurried))
        {
            await UntilAsync(world, ebb, () => Phase(world) == "Awake");
            world.Ups.StatusOverride = "OB DISCHRG";
            await UntilAsync(world, ebb, () => Phase(world) == "Asleep");
            world.Cluster.Store.Patch(
                Scalers,
                "shop",
                "many",
                JsonNode
                    .Parse("""{"spec":{"selector":{"matchExpressions":[{"key":"tier","operator":"In"}]}}}""")!
                    .AsObject()
            );
            await UntilAsync(world, ebb, () => Phase(world) == "Refused");
            Assert.Contains(
                "what it selected before stays in force",
                (string?)Status(world)["reason"],
                StringComparison.Ordinal
            );
            for (var i = 0; i < 10; i++)
                await ebb.StepAsync();
            Assert.Equal(0, world.Replicas("shop", "web"));
        }
        // Another process does not know what it meant: nothing that it may have meant is given back.
        await using var second = EbbProcess.Start(world, Hurried);
        for (var turns = 0; turns < 10; turns += second.Path.View?.Cluster.Synced == true ? 1 : 0)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await second.BlindTurnAsync();
        }
        Assert.Equal(0, world.Replicas("shop", "web"));
        world.Ups.StatusOverride = "OL CHRG";
        world.Cluster.Store.Delete(Scalers, "shop", "many");
        await UntilAsync(world, second, () => world.Replicas("shop", "web") == 3);
    }

    [Fact]
    public async Task All_with_the_label_go_down_by_their_priorities_and_come_back_as_they_were()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Deployment("web", 3, "tier: front")
                + Deployment("api", 2, "tier: front, ebb.dev/shutdown-priority: \"5\"")
                + Deployment("odd", 1, "tier: front, ebb.dev/shutdown-priority: soon")
                + Deployment("apart", 4, "tier: front, keep: awake")
                + Deployment("other", 5, "tier: back")
                + Deployment("single", 1, "tier: front")
                + Many("name: single, shutdownPriority: 2, scaleUpPriority: 1", name: "own")
                + Many(
                    "selector: {matchLabels: {tier: front}}, exclude: {selector: {matchLabels: {keep: awake}}}, "
                        + "shutdownPriority: 1, scaleUpPriority: 1"
                )
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(world, ebb, () => Phase(world) == "Awake");
        Assert.Equal(4, (int?)Status(world)["selected"]);
        Assert.Equal(
            """["shop/api","shop/odd","shop/single","shop/web"]""",
            Status(world)["workloads"]!.ToJsonString()
        );
        Assert.Equal(
            "4 selected: 2 awake, 1 refused; shop/odd: the label ebb.dev/shutdown-priority: expected a whole number, "
                + "found \"soon\"; 1 follow another UpsScaler: shop/single (shop/own)",
            (string?)Status(world)["reason"]
        );
        Assert.Equal(
            [("web", 1), ("single", 2), ("api", 5)],
            ebb.View.Plan.Workloads.Where(w => w.Member.Refusal is null)
                .Select(w => (w.Member.Scaler.TargetName!, w.Member.DownPriority))
                .OrderBy(w => w.Item2)
        );

        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(world, ebb, () => Sizes(world) == "apart=4 api=0 odd=1 other=5 single=0 web=0");
        await UntilAsync(world, ebb, () => Phase(world) == "Asleep");

        // One that comes is taken in, one that leaves becomes its own again.
        await world.Cluster.ApplyManifestAsync(Deployment("late", 2, "tier: front"));
        Relabel(world, "api", "back");
        await UntilAsync(world, ebb, () => Sizes(world) == "apart=4 api=2 late=0 odd=1 other=5 single=0 web=0");

        world.Ups.StatusOverride = "OL CHRG";
        await UntilAsync(world, ebb, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        Assert.Equal("apart=4 api=2 late=2 odd=1 other=5 single=1 web=3", Sizes(world));
    }

    [Fact]
    public async Task Deleted_while_they_sleep_and_with_another_process_all_are_given_back()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Deployment("web", 3, "tier: front")
                + Deployment("api", 2, "tier: front")
                + Many("selector: {}, shutdownPriority: 1, scaleUpPriority: 1")
        );
        await using (var first = EbbProcess.Start(world, Hurried))
        {
            await UntilAsync(world, first, () => Phase(world) == "Awake");
            world.Ups.StatusOverride = "OB DISCHRG";
            await UntilAsync(world, first, () => Sizes(world) == "api=0 web=0");
        }
        await using (var second = EbbProcess.Start(world, Hurried))
        {
            for (var i = 0; i < 20; i++)
            {
                await second.StepAsync();
                Assert.Equal("api=0 web=0", Sizes(world));
            }
            world.Cluster.Store.Delete(Scalers, "shop", "many");
            await UntilAsync(world, second, () => world.Cluster.Store.Count("baselines.ebb.dev") == 0);
        }
        Assert.Equal("api=2 web=3", Sizes(world));
    }

    [Fact]
    public async Task Who_undoes_one_of_many_is_told_at_once_in_an_Event_and_once_each()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Deployment("web", 3, "tier: front")
                + Deployment("api", 2, "tier: front")
                + Many("selector: {matchLabels: {tier: front}}, shutdownPriority: 1, scaleUpPriority: 1")
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(world, ebb, () => Phase(world) == "Awake");
        world.Ups.StatusOverride = "OB DISCHRG";
        await UntilAsync(world, ebb, () => Sizes(world) == "api=0 web=0");
        using var person = new HttpClient { BaseAddress = world.Cluster.Address };
        person.DefaultRequestHeaders.Authorization = new("Bearer", world.Token);
        string[] people = ["kubectl", "someone-else"];
        for (var i = 0; i < 40; i++)
        {
            foreach (var (name, who) in new[] { ("web", people[0]), ("api", people[1]) })
                if (world.Replicas("shop", name) == 0)
                    await ScaleAsync(name, who);
            await ebb.StepAsync();
        }
        var told = world
            .Cluster.Store.List("events", "shop")
            .Where(e => (string?)e["reason"] == "Undone")
            .Select(e => (string)(e["note"] ?? e["message"])!)
            .ToList();
        Assert.Equal(2, told.Count);
        Assert.All(people, who => Assert.Single(told, note => note.Contains($"{who} keeps", StringComparison.Ordinal)));
        Assert.Contains((string?)Status(world)["changedBy"], people);
        Assert.Contains("keeps changing it", (string?)Status(world)["reason"], StringComparison.Ordinal);

        async Task ScaleAsync(string name, string who)
        {
            using var size = new StringContent(
                """{"spec":{"replicas":3}}""",
                System.Text.Encoding.UTF8,
                "application/merge-patch+json"
            );
            using var answer = await person.PatchAsync(
                $"/apis/apps/v1/namespaces/shop/deployments/{name}/scale?fieldManager={who}",
                size,
                TestContext.Current.CancellationToken
            );
            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData(
        "ebb-system",
        "selector: {}, namespaceSelector: {matchLabels: {env: dev}}",
        "Awake",
        "2 selected: 2 awake"
    )]
    [InlineData(
        "shop",
        "selector: {}, namespaceSelector: {matchLabels: {env: dev}}",
        "Refused",
        "spec.namespaceSelector: expected none"
    )]
    [InlineData("shop", "namespace: dev, selector: {}", "Refused", "spec.namespace: expected \"shop\", its own")]
    [InlineData("shop", "selector: {matchLabels: {tier: none}}", "Awake", "no workload has these labels")]
    [InlineData(
        "shop",
        "selector: {matchExpressions: [{key: a, operator: In}]}",
        "Refused",
        "spec.selector.matchExpressions[0].values"
    )]
    public async Task What_it_means_or_why_not_is_told_in_its_status(
        string place,
        string spec,
        string phase,
        string told
    )
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + "apiVersion: v1\nkind: Namespace\nmetadata: {name: dev, labels: {env: dev}}\n---\n"
                + Deployment("web", 3, "a: b")
                + Deployment("one", 1, "a: b", "dev")
                + Deployment("two", 2, "a: b", "dev")
                + Many(spec + ", shutdownPriority: 1, scaleUpPriority: 1", place)
        );
        await using var ebb = EbbProcess.Start(world, Hurried);
        await UntilAsync(world, ebb, () => Phase(world, place) == phase);
        Assert.StartsWith(told, (string?)Status(world, place)["reason"]);
    }

    private static void Relabel(World world, string name, string tier) =>
        world.Cluster.Store.Patch(
            "deployments.apps",
            "shop",
            name,
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["tier"] = tier } } }
        );

    private static JsonNode Status(World world, string place = "shop") => world.Status(Scalers, place, "many")!;

    private static string? Phase(World world, string place = "shop") =>
        (string?)world.Status(Scalers, place, "many")?["phase"];

    private static string Sizes(World world) =>
        string.Join(
            ' ',
            world
                .Cluster.Store.List("deployments.apps", "shop")
                .Select(item => $"{item["metadata"]!["name"]}={item["spec"]!["replicas"]}")
                .Order(StringComparer.Ordinal)
        );

    private static async Task UntilAsync(World world, EbbProcess ebb, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            if (i == 120)
                Assert.Fail(
                    $"not within 120 s: {ebb.View.Plan.Reason}; {Sizes(world)}; "
                        + string.Join("; ", ebb.View.Plan.Workloads.Select(w => $"{w.Member}: {w.Reason}"))
                );
            await ebb.StepAsync();
        }
    }
}
