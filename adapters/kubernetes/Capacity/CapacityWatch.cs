using Ebb.Core.Capacity;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Power;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;

namespace Ebb.Kubernetes.Capacity;

/// <summary>Nodes and pods, kept as sums. Everything is read under one lock, held for microseconds.</summary>
internal sealed class CapacityWatch : IWatchObserver<CapacityPod>, IWatchObserver<CapacityNode>, IAsyncDisposable
{
    private readonly Informer<CapacityPod> _pods;
    private readonly Informer<CapacityNode> _nodes;
    private readonly Lock _lock = new();
    private readonly CapacityIndex _index = new(Interned.Resources);
    private readonly ClaimedVolumes _volumes;
    private readonly WaitingClaims _claims;
    private long _changes;

    public CapacityWatch(KubernetesApi api, ClaimedVolumes volumes, Action changed)
    {
        (_volumes, _claims) = (volumes, new WaitingClaims(volumes));
        _volumes.Changed += VolumesChanged;
        _pods = new Informer<CapacityPod>(api, CapacityKinds.Pods) { Observer = this };
        _nodes = new Informer<CapacityNode>(api, CapacityKinds.Nodes) { Observer = this };
        _pods.Changed += changed;
        _nodes.Changed += changed;
        _nodes.Start();
        _pods.Start();
    }

    public bool Synced => _pods.Synced && _nodes.Synced;

    public IEnumerable<WatchTrouble> Troubles => new[] { _pods.Trouble, _nodes.Trouble }.OfType<WatchTrouble>();

    /// <summary>Why it is not known where pods that wait may go; null: it is.</summary>
    public string? Unread
    {
        get
        {
            lock (_lock)
                return _claims.Unread;
        }
    }

    public int PodCount => _pods.Count;

    /// <summary>Pods that are marked by Ebb.</summary>
    public int Marked { get; private set; }

    /// <summary>Pods on nodes that are not being deleted, with their marks.</summary>
    public IEnumerable<(PodFacts Pod, DeletionMark Mark)> Placed() =>
        _pods.Items.Where(pod => pod.Facts is { Node: not null, Ending: false }).Select(pod => (pod.Facts!, pod.Mark));

    public void Changed(CapacityPod? before, CapacityPod? after)
    {
        lock (_lock)
        {
            Marked += (after?.Mark == DeletionMark.Ours ? 1 : 0) - (before?.Mark == DeletionMark.Ours ? 1 : 0);
            _changes++;
            _claims.Remove(before);
            var kept = _index.Change(before?.Facts, after is null ? null : _claims.Add(after));
            if (after is not null)
                after.Facts = kept;
        }
    }

    public void Changed(CapacityNode? before, CapacityNode? after)
    {
        lock (_lock)
        {
            if (after is not null)
                _index.Set(after.Facts);
            else if (before is not null)
                _index.RemoveNode(before.Metadata.Name);
        }
    }

    public FreeCapacity Open(CapacityQuery question)
    {
        // The watch takes its own lock before this one, so the list is read outside of this one; the count shows what
        // changed in between.
        while (true)
        {
            long changes;
            lock (_lock)
                changes = _changes;
            var pods = _pods.Items;
            lock (_lock)
            {
                if (_changes == changes)
                    return _index.Open(question, pods.Select(pod => pod.Facts).OfType<PodFacts>());
            }
        }
    }

    public void Close(FreeCapacity room)
    {
        lock (_lock)
            _index.Close(room);
    }

    public long VersionOf(FreeCapacity room)
    {
        lock (_lock)
            return room.Version;
    }

    public CapacityFigures NumbersOf(FreeCapacity room)
    {
        lock (_lock)
            return room.Numbers;
    }

    public (IReadOnlyList<UnmetDemand> First, int More) Unmet()
    {
        lock (_lock)
            return _index.Unmet();
    }

    public (IReadOnlyList<WaitingPod> First, int More) Waiting()
    {
        lock (_lock)
            return _index.Waiting();
    }

    public IReadOnlyList<IReadOnlyList<ResourceOnNode>> ResourcesOn(FreeCapacity room, IEnumerable<string> nodes)
    {
        lock (_lock)
            return [.. nodes.Select(room.ResourcesOn)];
    }

    public WhatIf WhatIf(Amounts requests)
    {
        lock (_lock)
            return _index.Imagine(requests);
    }

    public IReadOnlyList<NodeCapacity> ByNode(FreeCapacity room)
    {
        lock (_lock)
            return [.. room.ByNode().OrderBy(node => node.Node, StringComparer.Ordinal)];
    }

    // A claim may be bound or made while its pod waits.
    private void VolumesChanged()
    {
        lock (_lock)
        {
            _changes++;
            foreach (var (pod, facts) in _claims.Again())
                pod.Facts = _index.Change(pod.Facts, facts);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _volumes.Changed -= VolumesChanged;
        await _pods.DisposeAsync().ConfigureAwait(false);
        await _nodes.DisposeAsync().ConfigureAwait(false);
    }
}
