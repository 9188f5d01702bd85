using System.Net;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Simulation;

/// <summary>What ends no simulation: names that collide, histories that grow.</summary>
public sealed class BoundsSpecs
{
    [LongFact]
    public async Task Five_thousand_replicas_have_five_thousand_names()
    {
        await using var world = await World.StartAsync();
        await world.Cluster.ApplyManifestAsync(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: many, namespace: default}
            spec:
              replicas: 5000
              selector: {matchLabels: {app: many}}
              template:
                metadata: {labels: {app: many}}
                spec: {nodeName: nowhere, containers: [{name: main, image: main}]}
            """
        );
        world.Cluster.Step();
        Assert.Equal(5000, world.Store.List("pods").Count(pod => (string?)pod["metadata"]!["namespace"] == "default"));
        Assert.Empty(world.Cluster.ControllerFaults);
    }

    [LongFact]
    public async Task History_is_bounded_in_bytes_and_a_watch_from_before_it_is_told_so()
    {
        await using var world = await World.StartAsync();
        var first = world.Store.ResourceVersion;
        // 200 versions of 256 KiB each: far more than is kept, and fewer than the writes that are.
        for (var i = 0; i < 200; i++)
            world.Store.Apply(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "ConfigMap",
                    ["metadata"] = new JsonObject { ["name"] = "large", ["namespace"] = "default" },
                    ["data"] = new JsonObject { ["text"] = new string((char)('a' + (i % 26)), 256 << 10) },
                }
            );
        using var answer = await world.Http.GetAsync(
            $"/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=1&resourceVersion={first}",
            TestContext.Current.CancellationToken
        );
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(
            answer.StatusCode == HttpStatusCode.Gone || body.Contains("\"code\":410"),
            body[..Math.Min(300, body.Length)]
        );
    }
}
