using Ebb.Core.Planning;
using Ebb.Core.Ports;

namespace Ebb.Kubernetes;

/// <summary>
/// The cluster as the power path sees it, held in memory by watches; safe from several threads. <see cref="ClusterView.LastContact"/>
/// is as of when the view was made: contact alone makes no new view, losing it does.
/// </summary>
public sealed class KubernetesCluster : ICluster, IAsyncDisposable
{
    private readonly KubernetesApi _api;
    private readonly PowerWatches _watches;
    private readonly ScalerViews _views;
    private readonly ScalerWrites _scalers;
    private readonly WorkloadWrites _workloads;
    private readonly EventWrites _events;
    private readonly Lock _composing = new();
    private volatile ClusterView _known = ClusterView.Nothing;
    private volatile TaskCompletionSource _change = NewChange();
    private long _noted = 1;
    private long _composed;
    private bool _synced;
    private long? _scalersRead;
    private ITimer? _patience;

    // One kind whose webhook is broken must not keep all others awake until the battery is empty.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Begins to watch at once.</summary>
    /// <param name="api">The server; not disposed by this.</param>
    public KubernetesCluster(KubernetesApi api)
    {
        ArgumentNullException.ThrowIfNull(api);
        _api = api;
        _watches = new PowerWatches(api, Note);
        _views = new ScalerViews(_watches);
        _scalers = new ScalerWrites(api, _watches.Scalers);
        _workloads = new WorkloadWrites(api, _watches);
        _events = new EventWrites(api);
        api.Contact.Changed += Note;
    }

    /// <inheritdoc/>
    public ClusterView Known
    {
        get
        {
            if (Volatile.Read(ref _composed) == Volatile.Read(ref _noted)) return _known;
            lock (_composing)
            {
                // Counted before, told after: what changes while this looks around makes it stale again, and whoever looks meanwhile waits for
                // this view instead of taking the last one for the present one, and then waiting for a change that has been.
                var noted = Volatile.Read(ref _noted);
                if (_composed == noted) return _known;
                _known = Compose(_known);
                Volatile.Write(ref _composed, noted);
                return _known;
            }
        }
    }

    /// <inheritdoc/>
    public async Task WaitForChangeAsync(ClusterView seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = _change.Task;
            if (!ReferenceEquals(Known, seen)) return;
            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Sighting Find(WorkloadType type, string @namespace, string name)
    {
        lock (_composing) return _views.Find(type, @namespace, name);
    }

    /// <inheritdoc/>
    public Task<WriteResult> CaptureAsync(UpsScalerView scaler, Baseline baseline, CancellationToken cancellationToken) =>
        _scalers.CaptureAsync(scaler, baseline, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> ReleaseAsync(UpsScalerView scaler, CancellationToken cancellationToken) =>
        _scalers.ReleaseAsync(scaler, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> SetStatusAsync(UpsScalerView scaler, UpsScalerStatus status, CancellationToken cancellationToken) =>
        _scalers.SetStatusAsync(scaler, status, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken) =>
        _workloads.WriteAsync(write, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteResult> AnnounceAsync(Announcement announcement, CancellationToken cancellationToken) =>
        _events.AnnounceAsync(announcement, cancellationToken);

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        _api.Contact.Changed -= Note;
        if (_patience is not null) await _patience.DisposeAsync().ConfigureAwait(false);
        await _watches.DisposeAsync().ConfigureAwait(false);
    }

    private ClusterView Compose(ClusterView last)
    {
        var (scalers, same) = _views.Compose(last.Scalers);
        same &= !_views.LookAgain();
        var nodes = Nodes(last.Nodes);
        var troubles = _watches.Troubles(_views.ScaledObjectsNamed);
        // Once everything was read, a kind that is named later makes only its own workloads unknown.
        _synced = _synced || _watches.IsSettled(Overdue());
        var reachable = _api.Contact.Reachable;
        if (same && ReferenceEquals(nodes, last.Nodes) && last.Synced == _synced && last.Reachable == reachable
            && troubles.SequenceEqual(last.Troubles)) return last;
        return new ClusterView(_synced, _api.Contact.Last, reachable, scalers, nodes, troubles);
    }

    /// <summary>Whether what cannot be read has had its time since UpsScalers were read: from then on the server answers.</summary>
    private bool Overdue()
    {
        if (!_watches.Scalers.Synced) return false;
        _scalersRead ??= _api.Time.GetTimestamp();
        // Nothing changes when it is over, so somebody has to look.
        _patience ??= _api.Time.CreateTimer(_ => Note(), null, Patience, Timeout.InfiniteTimeSpan);
        return _api.Time.GetElapsedTime(_scalersRead.Value) >= Patience;
    }

    private IReadOnlyList<NodeView>? Nodes(IReadOnlyList<NodeView>? last)
    {
        if (!_watches.Nodes.Synced) return null;
        var now = _watches.Nodes.Items
            .Select(node => new NodeView(node.Metadata.Name, node.Status?.Ready == true, node.Spec?.Unschedulable != true))
            .OrderBy(node => node.Name, StringComparer.Ordinal).ToList();
        return last is not null && now.SequenceEqual(last) ? last : now;
    }

    private void Note()
    {
        Interlocked.Increment(ref _noted);
        Interlocked.Exchange(ref _change, NewChange()).TrySetResult();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
