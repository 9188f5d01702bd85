using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Selectors;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.Api;

/// <summary>WATCH: a stream of lines that starts at a version, or with all present objects.</summary>
internal sealed class Watches(Registry registry, Lists lists, TimeProvider wire)
{
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(45);

    public async Task Run(Call call, CancellationToken stop)
    {
        var (watcher, backlog, bookmark, failure) = Open(call);
        var response = call.Http.Response;
        response.StatusCode = 200;
        response.ContentType = "application/json";
        await response.StartAsync(stop);
        if (failure is not null)
        {
            await Send(call, "ERROR", JsonSerializer.SerializeToUtf8Bytes(failure.Body), stop);
            return;
        }

        var first = true;
        try
        {
            foreach (var change in backlog)
            {
                await Send(call, change, first, stop);
                first = false;
            }

            if (bookmark is { } ended)
            {
                await Send(call, "BOOKMARK", Bookmark(call, ended, initial: true), stop);
            }

            await response.Body.FlushAsync(stop);
            await Follow(call, watcher!, first, stop);
        }
        finally
        {
            lock (registry.Store.SyncLock)
            {
                registry.Store.Collection(call.Type).Watchers.Remove(watcher!);
            }
        }
    }

    private async Task Follow(Call call, Watcher watcher, bool first, CancellationToken stop)
    {
        var asked = ListOptionRules.Number(call, "timeoutSeconds") is { } seconds and > 0
            ? TimeSpan.FromSeconds(seconds)
            : Default;
        var end = wire.GetUtcNow() + asked;
        var bookmarks = call.Asked("allowWatchBookmarks");
        var brief = end - wire.GetUtcNow() < TimeSpan.FromSeconds(10);
        var next = bookmarks ? NextBookmark(wire.GetUtcNow(), end, brief) : DateTimeOffset.MaxValue;
        var sent = true;
        while (true)
        {
            while (watcher.Changes.TryRead(out var change))
            {
                watcher.Took();
                await Patiently(Send(call, change, first, stop), watcher);
                first = false;
                sent = false;
            }

            if (!sent)
            {
                await Patiently(call.Http.Response.Body.FlushAsync(stop), watcher);
                sent = true;
            }

            var now = wire.GetUtcNow();
            if (now >= end)
            {
                return;
            }

            if (now >= next)
            {
                long? version;
                lock (registry.Store.SyncLock)
                {
                    // Queued changes must be sent before a bookmark that covers them.
                    version = watcher.Changes.TryPeek(out _) ? null : registry.Store.Version;
                }

                if (version is { } covered)
                {
                    await Patiently(Send(call, "BOOKMARK", Bookmark(call, covered, initial: false), stop), watcher);
                    await Patiently(call.Http.Response.Body.FlushAsync(stop), watcher);
                    next = NextBookmark(now, end, brief);
                }

                continue;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var wait = Earlier(end, next) - now;
            await using var alarm = wire.CreateTimer(
                static s => ((CancellationTokenSource)s!).Cancel(),
                limit,
                wait,
                Timeout.InfiniteTimeSpan
            );
            if (wire.GetUtcNow() >= Earlier(end, next))
            {
                // It was due before the timer was set.
                continue;
            }

            try
            {
                if (!await watcher.Changes.WaitToReadAsync(limit.Token))
                {
                    if (watcher.Expired)
                    {
                        await Send(call, "ERROR", JsonSerializer.SerializeToUtf8Bytes(Expired(call, 0).Body), stop);
                    }

                    return;
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Time for a bookmark, or for the end.
            }
        }
    }

    // The write to a client that does not read blocks until the client is too far behind and is cut off.
    private static async Task Patiently(Task write, Watcher watcher)
    {
        if (!write.IsCompleted && await Task.WhenAny(write, watcher.Left) != write)
        {
            throw new OperationCanceledException("the client has fallen too far behind");
        }

        await write;
    }

    // Every minute, two seconds before the end and each second from then on; each second of a short watch.
    private static DateTimeOffset NextBookmark(DateTimeOffset now, DateTimeOffset end, bool brief)
    {
        var last = end - TimeSpan.FromSeconds(2);
        return brief || now >= last ? now + TimeSpan.FromSeconds(1) : Earlier(now + TimeSpan.FromMinutes(1), last);
    }

    private (Watcher? Watcher, List<Change> Backlog, long? Bookmark, Failure? Failure) Open(Call call)
    {
        lock (registry.Store.SyncLock)
        {
            var text = call.Query("resourceVersion");
            ListOptionRules.Check(call);
            var initial = call.Query("sendInitialEvents") is not null ? call.Asked("sendInitialEvents") : (bool?)null;
            var version = Lists.ReadVersion(text, forWatch: true);
            var labels = LabelMatcher.Parse(call.Query("labelSelector"));
            var fields = FieldSelector.Parse(call.Query("fieldSelector"), call.Type, call.Version);
            var store = registry.Store;
            var collection = store.Collection(call.Type);
            var watcher = new Watcher(
                call.Namespace,
                stored =>
                    (call.Name.Length == 0 || Json.ObjectMetadata.Name(stored.Tree) == call.Name)
                    && labels.Matches(Json.JsonTree.Object(stored.Tree, "metadata", "labels"))
                    && fields.Matches(stored.Tree)
            );
            var backlog = new List<Change>();
            long? bookmark = null;
            if (initial == true && version > store.Version)
            {
                return (null, backlog, null, Lists.TooLarge(version.Value, store.Version));
            }

            if (initial == true || (initial is null && version is null or 0))
            {
                foreach (var stored in collection.All(call.Namespace))
                {
                    if (watcher.Seen(new Change(call.Type, ChangeKind.Added, null, stored)) is { } seen)
                    {
                        backlog.Add(seen);
                    }
                }

                bookmark = call.Asked("allowWatchBookmarks") ? store.Version : null;
            }
            else if (initial is null || version is not (null or 0))
            {
                if (version < collection.CompactedTo)
                {
                    return (null, backlog, null, Expired(call, version.Value));
                }

                foreach (var change in collection.History)
                {
                    if (change.Version > version && watcher.Seen(change) is { } seen)
                    {
                        backlog.Add(seen);
                    }
                }
            }

            collection.Watchers.Add(watcher);
            return (watcher, backlog, bookmark, null);
        }
    }

    private Failure Expired(Call call, long version) =>
        Failure.Expired(
            call.Type.Uncached
                ? "The resourceVersion for the provided watch is too old."
                : $"too old resource version: {version} ({registry.Store.Collection(call.Type).CompactedTo})"
        );

    private Task Send(Call call, Change change, bool first, CancellationToken stop) =>
        Send(
            call,
            change.Kind switch
            {
                ChangeKind.Added => "ADDED",
                ChangeKind.Modified => "MODIFIED",
                _ => "DELETED",
            },
            lists.OneAsBytes(call, change.New, withColumns: first),
            stop
        );

    private static async Task Send(Call call, string type, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var head = Encoding.ASCII.GetBytes($"{{\"type\":\"{type}\",\"object\":");
        var line = new byte[head.Length + body.Length + 2];
        head.CopyTo(line, 0);
        body.CopyTo(line.AsMemory(head.Length));
        line[^2] = (byte)'}';
        line[^1] = (byte)'\n';
        await call.Http.Response.Body.WriteAsync(line, stop);
    }

    private static byte[] Bookmark(Call call, long version, bool initial)
    {
        var table = call.Wanted == Representation.Table;
        var meta = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (initial)
        {
            meta["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var mark = new JsonObject
        {
            ["kind"] = call.Type.Kind,
            ["apiVersion"] = call.Version.ApiVersion,
            ["metadata"] = meta,
        };
        foreach (var (name, nothing) in GoZeroValues.Of(call.Version.ApiVersion, call.Type.Kind))
        {
            mark[name] = nothing?.DeepClone();
        }

        if (table)
        {
            // A bookmark in a stream of tables is a table of one row without cells.
            mark = new JsonObject
            {
                ["kind"] = "Table",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
                ["columnDefinitions"] = new JsonArray(),
                ["rows"] = new JsonArray(
                    new JsonObject
                    {
                        ["cells"] = new JsonArray(),
                        ["object"] = new JsonObject
                        {
                            ["kind"] = "PartialObjectMetadata",
                            ["apiVersion"] = "meta.k8s.io/v1",
                            ["metadata"] = meta.DeepClone(),
                        },
                    }
                ),
            };
        }

        return JsonSerializer.SerializeToUtf8Bytes(mark);
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
