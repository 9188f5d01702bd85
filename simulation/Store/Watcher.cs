using System.Threading.Channels;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Store;

/// <summary>One open watch: its filter, and the queue from the store to its connection.</summary>
internal sealed class Watcher(string? ns, Func<StoredObject, bool> wanted)
{
    /// <summary>
    /// The most changes that wait for a client that does not read. A client that falls further behind is cut off, as
    /// the real server does, and may list again.
    /// </summary>
    public const int Patience = 10_000;

    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int waiting;

    private readonly Channel<Change> queue = Channel.CreateUnbounded<Change>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    public ChannelReader<Change> Changes => queue.Reader;

    /// <summary>True: the watch ends with an ERROR line of 410. False: the connection just closes.</summary>
    public bool Expired { get; private set; }

    /// <summary>
    /// Losing the label or field that was asked for is seen as a deletion, gaining it as an addition.
    /// </summary>
    public Change? Seen(Change change)
    {
        if (ns is not null && change.New.Tree.Namespace() != ns)
        {
            return null;
        }

        var now = change.Kind != ChangeKind.Deleted && wanted(change.New);
        var before = change.Old is not null && wanted(change.Old);
        return (before, now) switch
        {
            (false, false) => null,
            (false, true) => change.Kind == ChangeKind.Added ? change : change with { Kind = ChangeKind.Added },
            (true, true) => change,
            (true, false) => change.Kind == ChangeKind.Deleted
                ? change
                : change with
                {
                    Kind = ChangeKind.Deleted,
                    New = AsItWas(change),
                },
        };
    }

    // When an object leaves the filter, the client gets its last visible state with the version of the change.
    private static StoredObject AsItWas(Change change)
    {
        var tree = change.Old!.Tree.Copy();
        tree.Meta()["resourceVersion"] = change.New.Tree.Version();
        return new StoredObject(tree, change.Version);
    }

    /// <summary>Ends when the client has fallen too far behind.</summary>
    public Task Left => left.Task;

    public void Offer(Change change)
    {
        if (left.Task.IsCompleted || Seen(change) is not { } seen)
        {
            return;
        }

        if (Interlocked.Increment(ref waiting) <= Patience)
        {
            queue.Writer.TryWrite(seen);
            return;
        }

        queue.Writer.TryComplete();
        while (queue.Reader.TryRead(out _))
        {
            // After the end nothing is queued.
        }

        left.TrySetResult();
    }

    /// <summary>A change was sent.</summary>
    public void Took() => Interlocked.Decrement(ref waiting);

    public void End(bool expired)
    {
        Expired = expired;
        queue.Writer.TryComplete();
    }
}
