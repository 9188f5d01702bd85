using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation;

/// <summary>Watches: the events of writes that are made while they are open.</summary>
public sealed class WatchSpecs
{
    [Fact]
    public async Task Losing_the_label_that_was_asked_for_is_seen_as_a_deletion()
    {
        await using var world = await World.StartAsync();
        await using var watch = await Open(
            world,
            "/api/v1/namespaces/default/configmaps?watch=1&labelSelector=g%3Dw&resourceVersion="
                + world.Store.ResourceVersion
        );
        Put(world, "w");
        Assert.Equal("ADDED", (await watch.Next()).Type);
        Put(world, null);
        Assert.Equal("DELETED", (await watch.Next()).Type);
        Put(world, "w");
        Assert.Equal("ADDED", (await watch.Next()).Type);
        world.Store.Delete("configmaps", "default", "c");
        Assert.Equal("DELETED", (await watch.Next()).Type);
    }

    [Fact]
    public async Task A_streaming_list_says_where_the_list_ends()
    {
        await using var world = await World.StartAsync();
        Put(world, "w");
        await using var watch = await Open(
            world,
            "/api/v1/namespaces/default/configmaps?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        );
        Assert.Equal("ADDED", (await watch.Next()).Type);
        var (type, mark) = await watch.Next();
        Assert.Equal("BOOKMARK", type);
        Assert.Equal("true", mark["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
        Put(world, null);
        Assert.Equal("MODIFIED", (await watch.Next()).Type);
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_is_not_seen_and_keeps_the_version()
    {
        await using var world = await World.StartAsync();
        Put(world, "w");
        var before = world.Store.ResourceVersion;
        await using var watch = await Open(
            world,
            "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=" + before
        );
        var (status, _) = await world.Merge(
            "/api/v1/namespaces/default/configmaps/c",
            """{"metadata":{"labels":{"g":"w"}}}"""
        );
        Assert.Equal(200, status);
        Assert.Equal(before, world.Store.ResourceVersion);
        world.Store.Delete("configmaps", "default", "c");
        Assert.Equal("DELETED", (await watch.Next()).Type);
    }

    private static void Put(World world, string? label) =>
        world.Store.Apply(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject
                {
                    ["name"] = "c",
                    ["namespace"] = "default",
                    ["labels"] = label is null ? [] : new JsonObject { ["g"] = label },
                },
            }
        );

    private static async Task<Stream> Open(World world, string path)
    {
        var response = await world.Http.GetAsync(
            new Uri(path, UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        return new Stream(
            response,
            new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))
        );
    }

    private sealed class Stream(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public async Task<(string Type, JsonNode Object)> Next()
        {
            var line = await reader
                .ReadLineAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(10));
            var tree = JsonNode.Parse(line ?? throw new InvalidOperationException("the watch has ended"))!;
            return (tree["type"]!.GetValue<string>(), tree["object"]!);
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
