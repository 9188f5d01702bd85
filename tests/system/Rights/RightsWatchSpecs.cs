using Ebb.Engine.Rights;
using Ebb.Simulation.Faults;
using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;
using Ebb.Tests.Survival;

namespace Ebb.Tests.Rights;

/// <summary>A running process knows before an outage which right it would miss, and asks for little to know it.</summary>
public sealed class RightsWatchSpecs
{
    private const string CronJobs = "resources: [cronjobs], verbs: [get, list, watch, patch]";
    private const string Missing = "a right is missing: patch cronjobs.batch in all namespaces";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Power__OnBatteryFor"] = "2s",
        ["Power__MainsFor"] = "3s",
    };

    [Fact]
    public async Task What_is_missing_for_a_type_that_comes_to_be_named_is_told_until_it_is_granted()
    {
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop") + Manifests.Workload("shop", "web", 1)
        );
        await GrantAsync(world, "resources: [cronjobs], verbs: [get, list, watch]");
        await using var ebb = EbbProcess.Start(world, Settings);
        var log = ebb.KeepLog();
        await ebb.StepAsync();
        await AskAsync(ebb);
        Assert.Empty(ebb.Path.Troubles);

        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: report, namespace: shop}
            spec:
              schedule: "0 3 * * *"
              jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: c}]}}}}
            ---
            apiVersion: ups-scaler.io/v1alpha1
            kind: UpsScaler
            metadata: {name: report, namespace: shop}
            spec: {type: cronjob, name: report, shutdownPriority: 1, scaleUpPriority: 1}
            """
        );
        await ebb.StepAsync(70);
        await ebb.StepAsync();
        await AskAsync(ebb);
        Assert.Equal([Missing], ebb.Path.Troubles);
        Assert.Contains(log, line => line.StartsWith($"Warning: {Missing}", StringComparison.Ordinal));

        await GrantAsync(world, CronJobs);
        await ebb.StepAsync(70);
        await ebb.StepAsync();
        await AskAsync(ebb);
        Assert.Empty(ebb.Path.Troubles);
    }

    [LongFact]
    public async Task It_asks_when_its_term_begins_and_each_hour_and_nothing_in_between()
    {
        await using var world = await World.StartAsync(EveryKind.Manifests);
        await using var ebb = EbbProcess.Start(world, Settings);
        await ebb.StepAsync();
        await AskAsync(ebb);
        var (first, all) = (Reviews(world), Requests(world));
        Assert.InRange(first, 10, 60);
        for (var i = 0; i < 300; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(10));
            await ebb.Leadership.RenewAsync(TestContext.Current.CancellationToken);
            await AskAsync(ebb);
        }
        Assert.Equal((first, all), (Reviews(world), Requests(world)));
        world.Clock.Advance(TimeSpan.FromMinutes(11));
        await ebb.StepAsync();
        await ebb.StepAsync();
        await AskAsync(ebb);
        Assert.Equal(2 * first, Reviews(world));
    }

    [Fact]
    public async Task A_server_that_does_not_say_makes_no_trouble_and_is_asked_again()
    {
        await using var world = await World.StartAsync(Manifests.Namespace("shop"));
        await GrantAsync(world, "resources: [nothing], verbs: [get]");
        world.Cluster.Faults.Add(
            request => request.Path.EndsWith("/selfsubjectaccessreviews", StringComparison.Ordinal),
            new Fault.ErrorStatus(403)
        );
        await using var ebb = EbbProcess.Start(world, Settings);
        await ebb.StepAsync();
        await AskAsync(ebb);
        Assert.Null(ebb.Get<RightsWatch>().Missing);
        Assert.Empty(ebb.Path.Troubles);

        // It is not known for a minute, not for an hour.
        world.Cluster.Faults.Clear();
        await ebb.StepAsync(70);
        await AskAsync(ebb);
        Assert.NotNull(ebb.Get<RightsWatch>().Missing);
    }

    private static Task AskAsync(EbbProcess ebb) =>
        ebb.Get<RightsWatch>().StepAsync(TestContext.Current.CancellationToken);

    private static int Reviews(World world) =>
        world.Cluster.Requests.CountOf(request =>
            request.Path.EndsWith("/selfsubjectaccessreviews", StringComparison.Ordinal)
        );

    /// <summary>All but those of the Lease and of the watches, which go on by themselves.</summary>
    private static int Requests(World world) =>
        world.Cluster.Requests.CountOf(request =>
            !request.Path.Contains("/leases", StringComparison.Ordinal)
            && !request.Query.Contains("watch=", StringComparison.Ordinal)
        );

    private static async Task GrantAsync(World world, string cronJobs) =>
        await world.Cluster.ApplyManifestAsync(
            (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/base/roles.yaml"))).Replace(
                CronJobs,
                cronJobs,
                StringComparison.Ordinal
            )
        );
}
