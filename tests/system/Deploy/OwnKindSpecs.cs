using Ebb.Tests.Harness;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Deploy;

/// <summary>The rights that the example grants for a kind of one's own are all that it takes.</summary>
public sealed class OwnKindSpecs
{
    private const string Widgets = """
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
              subresources:
                status: {}
                scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
              schema:
                openAPIV3Schema:
                  type: object
                  properties:
                    spec: {type: object, properties: {replicas: {type: integer}}}
                    status: {type: object, properties: {replicas: {type: integer}}}
        ---
        apiVersion: lab.dev/v1
        kind: Widget
        metadata: {name: press, namespace: shop}
        spec: {replicas: 3}
        status: {replicas: COUNTED}
        ---
        apiVersion: ups-scaler.io/v1alpha1
        kind: UpsScaler
        metadata: {name: press, namespace: shop}
        spec: {type: lab.dev/v1/Widget, name: press, shutdownPriority: 1, scaleUpPriority: 1}

        """;

    [LongTheory]
    [InlineData(true, 3, 0, null)]
    [InlineData(false, 3, 3, null)]
    // Its controller fills in nothing that would tell when its pods are gone.
    [InlineData(true, 0, 3, "its scale has no status.selector, and status.replicas is 0 while 3 are asked for")]
    public async Task A_widget_goes_to_sleep_with_them_and_not_without(
        bool granted,
        int counted,
        int size,
        string? refused
    )
    {
        var roles = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "deploy/examples/own-kind/roles.yaml"),
            TestContext.Current.CancellationToken
        );
        await using var world = await World.StartAsync(
            Manifests.Namespace("shop")
                + Widgets.Replace("COUNTED", $"{counted}", StringComparison.Ordinal)
                + (granted ? "---\n" + roles : "")
        );
        await using var ebb = EbbProcess.Start(
            world,
            new Dictionary<string, string?> { ["Power__OnBatteryFor"] = "2s" }
        );
        world.Ups.StatusOverride = "OL";
        for (var i = 0; i < 10; i++)
            await ebb.StepAsync();
        world.Ups.StatusOverride = "OB DISCHRG";
        for (var i = 0; i < 40 && Size() > 0; i++)
            await ebb.StepAsync();
        Assert.Equal(size, Size());
        if (refused is not null)
            Assert.Contains(
                refused,
                (string?)world.Status("upsscalers.ups-scaler.io", "shop", "press")!["reason"],
                StringComparison.Ordinal
            );

        int Size() => (int)world.Cluster.Store.List("widgets.lab.dev", "shop").Single()["spec"]!["replicas"]!;
    }
}
