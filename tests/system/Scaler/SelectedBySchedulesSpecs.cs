using System.Text.Json.Nodes;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Scaler;

/// <summary>Schedules that mean a trigger's target, or its ScaledObject, by labels.</summary>
public sealed class SelectedBySchedulesSpecs
{
    private const string Tier = "kind: Deployment, selector: {matchLabels: {tier: night}}";
    private const string Places = "kind: ScaledObject, selector: {}, namespaceSelector: {matchLabels: {env: dev}}";

    [Fact]
    public async Task They_count_as_long_as_the_labels_are_there_and_only_where_they_may_select()
    {
        await using var all = await ScalerWorld.StartAsync(
            Node("node-1", "64")
                + Deployment("queue", 0)
                    .Replace("namespace: shop }", "namespace: shop, labels: {tier: night} }", StringComparison.Ordinal)
                + Schedule("day", "12:00", "12:20", 4, Tier)
                + Schedule("not-allowed", "12:00", "12:20", 9, Places)
                + Schedule("everywhere", "12:00", "12:20", 6, Places)
                    .Replace("namespace: shop}", "namespace: ebb-system}", StringComparison.Ordinal)
                + Scaled("queue", "follow: schedule"),
            options => options with { HpaPeriod = TimeSpan.FromSeconds(5) }
        );
        await ReplicasAsync(all, 4);
        Label(all, "namespaces", null, "shop", "env", "dev");
        await ReplicasAsync(all, 6);
        Label(all, "namespaces", null, "shop", "env", "prod");
        await ReplicasAsync(all, 4);
        Label(all, "deployments.apps", "shop", "queue", "tier", null);
        await ReplicasAsync(all, 0);
    }

    private static async Task ReplicasAsync(ScalerWorld all, int expected)
    {
        for (var i = 0; all.Replicas("shop", "queue") != expected; i++)
        {
            Assert.True(i < 60, $"{all.Replicas("shop", "queue")} and not {expected} after 60 s");
            await all.StepAsync(1);
        }
        // And it stays.
        await all.StepAsync(7);
        Assert.Equal(expected, all.Replicas("shop", "queue"));
    }

    private static void Label(
        ScalerWorld all,
        string resource,
        string? place,
        string name,
        string label,
        string? value
    ) =>
        all.World.Cluster.Store.Patch(
            resource,
            place,
            name,
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [label] = value } } }
        );
}
