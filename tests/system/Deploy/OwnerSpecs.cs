using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using NodaTime;

namespace Ebb.Tests.Deploy;

/// <summary>
/// A cluster that lets only those give an object an owner who may delete it (OwnerReferencesPermissionEnforcement).
/// </summary>
public sealed class OwnerSpecs
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_Schedule_gets_its_owner_with_the_shipped_rights_and_not_without_delete(bool shipped)
    {
        var roles = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "deploy/base/roles.yaml"),
            TestContext.Current.CancellationToken
        );
        await using var world = await World.StartAsync(
            Ebb.Tests.Schedules.Manifests.Namespace("default")
                + Ebb.Tests.Schedules.Manifests.Workload("default", "nginx", 3)
                + Example("scheduled-pod-autoscaler-nginx.yaml")
                + "\n---\n"
                + Example("schedule-daily.yaml")
                + "\n---\n"
                + (
                    shipped
                        ? roles
                        : roles.Replace(
                            "resources: [schedules], verbs: [get, list, watch, patch, delete]",
                            "resources: [schedules], verbs: [get, list, watch, patch]",
                            StringComparison.Ordinal
                        )
                ),
            options => options with { OwnersNeedDelete = true }
        );
        await using var clock = ClockProcess.Start(world);
        await clock.AtAsync(Instant.FromUtc(2026, 1, 16, 2, 50));
        var schedule = world
            .Cluster.Store.List("schedules.autoscaling.d-kuro.github.io", "default")
            .Single(one => one["spec"]!["type"]!.ToString() == "Daily");
        Assert.Equal(shipped ? 1 : 0, schedule["metadata"]!["ownerReferences"]?.AsArray().Count ?? 0);
        // Its HorizontalPodAutoscaler has one in either case.
        Assert.Single(
            world.Cluster.Store.List("horizontalpodautoscalers.autoscaling", "default"),
            hpa => hpa["metadata"]!["ownerReferences"]?.AsArray().Count == 1
        );
    }

    private static string Example(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "deploy/examples/schedules", name));
}
